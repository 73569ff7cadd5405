"""What people confirmed and prefer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_confirmations_lead_id_leads", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
    )
    op.create_index("ix_confirmations_lead_id_topic", "confirmations", ["lead_id", "topic"])
    op.create_table(
        "preferences",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("chosen_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_preferences_lead_id_leads", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_preferences"),
    )
    op.add_column("touches", sa.Column("confirms", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("touches", "confirms")
    op.drop_table("preferences")
    op.drop_table("confirmations")
