"""Leads are found by name, company, stage, campaign and owner."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_OWNED = sa.text("owner <> ''")


def upgrade() -> None:
    op.create_index("ix_leads_family_name", "leads", [sa.text("lower(family_name) text_pattern_ops")])
    op.create_index("ix_leads_given_name", "leads", [sa.text("lower(given_name) text_pattern_ops")])
    op.create_index("ix_leads_email", "leads", [sa.text("email text_pattern_ops")])
    op.create_index("ix_leads_owner_id", "leads", ["owner", "id"], postgresql_where=_OWNED)
    op.create_index("ix_enrollments_campaign_lead_id", "enrollments", ["campaign", "lead_id"])
    op.drop_index("ix_enrollments_campaign", "enrollments")


def downgrade() -> None:
    op.create_index("ix_enrollments_campaign", "enrollments", ["campaign"])
    op.drop_index("ix_enrollments_campaign_lead_id", "enrollments")
    for name in ("ix_leads_owner_id", "ix_leads_email", "ix_leads_given_name", "ix_leads_family_name"):
        op.drop_index(name, "leads")
