"""Who brought a lead, and what visitors looked at before they were leads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("leads", sa.Column("referred_by", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_leads_referred_by_leads", "leads", "leads", ["referred_by"], ["id"])
    op.create_index("ix_leads_referred_by", "leads", ["referred_by"])
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visitor", sa.Uuid(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), server_default="", nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_at", "visits", ["at"])
    op.create_index("ix_visits_visitor_at", "visits", ["visitor", "at"])


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_index("ix_leads_referred_by", "leads")
    op.drop_constraint("fk_leads_referred_by_leads", "leads")
    op.drop_column("leads", "referred_by")
