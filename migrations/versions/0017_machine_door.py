"""Tokens of the API, and the answers to requests that are made again."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
