"""When an enrollment was over, so that a lead may be enrolled in the same campaign again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("enrollments", sa.Column("over_at", TIMESTAMP(timezone=True), nullable=True))
    op.drop_constraint("uq_enrollments_lead_id_campaign", "enrollments", type_="unique")
    # Of enrollments that are over already nobody kept when: at the lead's last decision at the latest.
    op.execute("""
        UPDATE enrollments
        SET over_at = greatest(enrolled_at, (SELECT max(at) FROM notes WHERE notes.lead_id = enrollments.lead_id))
        FROM standings
        WHERE standings.lead_id = enrollments.lead_id
        AND NOT EXISTS (SELECT FROM engagements WHERE engagements.lead_id = enrollments.lead_id AND relayed_at IS NULL)
        AND NOT EXISTS (
            SELECT FROM jsonb_to_recordset(standings.positions) AS place (enrollment int) WHERE place.enrollment = enrollments.number
        )
    """)


def downgrade() -> None:
    op.execute("""
        DELETE FROM enrollments AS earlier USING enrollments AS later
        WHERE earlier.lead_id = later.lead_id AND earlier.campaign = later.campaign AND earlier.number < later.number
    """)
    op.create_unique_constraint("uq_enrollments_lead_id_campaign", "enrollments", ["lead_id", "campaign"])
    op.drop_column("enrollments", "over_at")
