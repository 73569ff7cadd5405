"""The team and its sessions, links to sign in, and what people changed."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
