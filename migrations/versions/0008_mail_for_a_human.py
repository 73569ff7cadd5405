"""Mail that came in and that only a human can make something of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "strays",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("arrived_at", _MOMENT, nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), server_default="", nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("said", sa.String(), server_default="", nullable=False),
        sa.Column("message", postgresql.BYTEA(), nullable=True),
        sa.Column("candidates", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_strays"),
    )
    op.create_index("ix_strays_arrived_at", "strays", ["arrived_at"])


def downgrade() -> None:
    op.drop_table("strays")
