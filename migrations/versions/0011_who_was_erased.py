"""Who was erased, and what proves it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("known", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("went", postgresql.JSONB(none_as_null=True), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("lead_id", name="pk_erasures"),
    )
    op.create_index("ix_erasures_address_key", "erasures", ["address_key"])
    op.create_index("ix_erasures_under_way", "erasures", ["begun_at"], postgresql_where=sa.text("finished_at IS NULL"))
    op.create_index("ix_leads_created_at", "leads", ["created_at"])
    op.drop_constraint("fk_touches_lead_id_leads", "touches", type_="foreignkey")


def downgrade() -> None:
    op.execute("DELETE FROM touches WHERE NOT EXISTS (SELECT FROM leads WHERE leads.id = touches.lead_id)")
    op.create_foreign_key("fk_touches_lead_id_leads", "touches", "leads", ["lead_id"], ["id"])
    op.drop_index("ix_leads_created_at", "leads")
    op.drop_index("ix_erasures_under_way", "erasures")
    op.drop_index("ix_erasures_address_key", "erasures")
    op.drop_table("erasures")
