"""What somebody was told of a lead, without a task."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.alter_column("notifications", "task_id", nullable=True)
    op.add_column("notifications", sa.Column("lead_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_notifications_lead_id_leads", "notifications", "leads", ["lead_id"], ["id"])
    op.create_index("ix_notifications_lead_id", "notifications", ["lead_id"])


def downgrade() -> None:
    op.drop_index("ix_notifications_lead_id", "notifications")
    op.drop_constraint("fk_notifications_lead_id_leads", "notifications")
    op.drop_column("notifications", "lead_id")
    op.execute("DELETE FROM notifications WHERE task_id IS NULL")
    op.alter_column("notifications", "task_id", nullable=False)
