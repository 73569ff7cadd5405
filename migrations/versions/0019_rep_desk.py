"""Tasks put off and handed over, and letters that a rep writes."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
