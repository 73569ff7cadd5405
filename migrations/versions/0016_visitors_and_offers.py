"""Where leads came from, what visitors agreed to, and files that are given after a form."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
