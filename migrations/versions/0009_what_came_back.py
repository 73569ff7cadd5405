"""What came back of letters, what providers told, and when a sender was refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

_MOMENT = postgresql.TIMESTAMP(timezone=True)
_FACTS = ("delivered_at", "bounced_at", "complained_at", "replied_at")


def upgrade() -> None:
    for fact in _FACTS:
        op.add_column("touches", sa.Column(fact, _MOMENT, nullable=True))
    op.create_index("ix_touches_provider_id", "touches", ["provider_id"], postgresql_where=sa.text("provider_id <> ''"))
    op.create_table(
        "sender_blocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("touch_key", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), server_default="", nullable=False),
        sa.Column("blocked_at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.Column("probed_at", _MOMENT, nullable=True),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.Column("lifted_by", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sender_blocks"),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index("uq_sender_blocks_standing", "sender_blocks", ["transport"], unique=True, postgresql_where=standing)
    op.create_table(
        "provider_events",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("touch_key", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.String(), server_default="", nullable=False),
        sa.Column("message_id", sa.String(), server_default="", nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("provider", "id", name="pk_provider_events"),
    )
    op.create_index("ix_provider_events_touch_key", "provider_events", ["touch_key"])
    op.create_index("ix_provider_events_waiting", "provider_events", ["received_at"], postgresql_where=sa.text("taken_at IS NULL"))


def downgrade() -> None:
    op.drop_table("provider_events")
    op.drop_table("sender_blocks")
    op.drop_index("ix_touches_provider_id", "touches")
    for fact in reversed(_FACTS):
        op.drop_column("touches", fact)
