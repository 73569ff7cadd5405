"""What the pages of campaigns ask for, found without looking at everything."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_MOVES = "what LIKE 'stage %' OR what LIKE '% → %'"


def upgrade() -> None:
    op.create_index("ix_notes_moves", "notes", ["ref", "at"], postgresql_where=sa.text(_MOVES))
    op.create_index("ix_touches_campaign_sent_at", "touches", ["campaign", "sent_at"], postgresql_where=sa.text("sent_at IS NOT NULL"))
    op.create_index("ix_engagements_refusals", "engagements", ["at", "lead_id"], postgresql_where=sa.text("kind = 'opted_out'"))


def downgrade() -> None:
    op.drop_index("ix_engagements_refusals", "engagements")
    op.drop_index("ix_touches_campaign_sent_at", "touches")
    op.drop_index("ix_notes_moves", "notes")
