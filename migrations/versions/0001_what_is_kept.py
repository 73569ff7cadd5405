"""What is kept of leads from the first day on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, TIMESTAMP

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('created_at', TIMESTAMP(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_accounts'),
    sa.UniqueConstraint('name', name='uq_accounts_name')
    )
    op.create_table('campaign_editions',
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('snapshot', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('started_at', TIMESTAMP(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('ref', name='pk_campaign_editions')
    )
    op.create_index('ix_campaign_editions_name', 'campaign_editions', ['name'], unique=False)
    op.create_table('consents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('given_at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('evidence', JSONB(), nullable=False),
    sa.Column('withdrawn_at', TIMESTAMP(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_consents')
    )
    op.create_index('uq_consents_in_force', 'consents', ['address', 'topic'], unique=True, postgresql_where=sa.text('withdrawn_at IS NULL'))
    op.create_table('suppressions',
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', TIMESTAMP(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address_hash', 'topic', name='pk_suppressions')
    )
    op.create_table('leads',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('family_name', sa.String(), server_default='', nullable=False),
    sa.Column('given_name', sa.String(), server_default='', nullable=False),
    sa.Column('title', sa.String(), server_default='', nullable=False),
    sa.Column('phone', sa.String(), server_default='', nullable=False),
    sa.Column('language', sa.String(), server_default='', nullable=False),
    sa.Column('country', sa.String(), server_default='', nullable=False),
    sa.Column('zone', sa.String(), server_default='', nullable=False),
    sa.Column('fit', sa.String(), server_default='unknown', nullable=False),
    sa.Column('segment', sa.String(), server_default='', nullable=False),
    sa.Column('source', sa.String(), server_default='', nullable=False),
    sa.Column('created_at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('engagements', sa.Integer(), server_default='0', nullable=False),
    sa.Column('enrollments', sa.Integer(), server_default='0', nullable=False),
    sa.Column('state', JSONB(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name='fk_leads_account_id_accounts'),
    sa.PrimaryKeyConstraint('id', name='pk_leads'),
    sa.UniqueConstraint('email', name='uq_leads_email'),
    postgresql_with={'fillfactor': 80}
    )
    op.create_index('ix_leads_account_id', 'leads', ['account_id'], unique=False)
    op.create_table('contracts',
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('auto_renews', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('changed_at', TIMESTAMP(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_contracts_lead_id_leads'),
    sa.PrimaryKeyConstraint('lead_id', name='pk_contracts')
    )
    op.create_index('ix_contracts_ends_on', 'contracts', ['ends_on'], unique=False)
    op.create_table('engagements',
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('source', sa.String(), server_default='', nullable=False),
    sa.Column('facts', JSONB(), nullable=False),
    sa.Column('details', JSONB(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('key', sa.String(), nullable=True),
    sa.Column('bulk', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('relayed_at', TIMESTAMP(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_engagements_lead_id_leads'),
    sa.PrimaryKeyConstraint('lead_id', 'seq', name='pk_engagements'),
    )
    op.create_index('uq_engagements_key', 'engagements', ['key'], unique=True, postgresql_where=sa.text('key IS NOT NULL'))
    op.create_index('ix_engagements_urgent', 'engagements', ['at', 'lead_id'], unique=False, postgresql_where=sa.text('relayed_at IS NULL AND NOT bulk'))
    op.create_index('ix_engagements_waiting', 'engagements', ['at', 'lead_id'], unique=False, postgresql_where=sa.text('relayed_at IS NULL'))
    op.create_table('enrollments',
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('enrolled_at', TIMESTAMP(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_enrollments_lead_id_leads'),
    sa.ForeignKeyConstraint(['ref'], ['campaign_editions.ref'], name='fk_enrollments_ref_campaign_editions'),
    sa.PrimaryKeyConstraint('lead_id', 'number', name='pk_enrollments'),
    sa.UniqueConstraint('lead_id', 'campaign', name='uq_enrollments_lead_id_campaign')
    )
    op.create_index('ix_enrollments_campaign', 'enrollments', ['campaign'], unique=False)
    op.create_table('notes',
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_notes_lead_id_leads'),
    sa.PrimaryKeyConstraint('lead_id', 'no', name='pk_notes')
    )
    op.create_table('standings',
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('next_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('deadline_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('positions', JSONB(), nullable=False),
    sa.Column('held_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_standings_lead_id_leads'),
    sa.PrimaryKeyConstraint('lead_id', name='pk_standings')
    )
    op.create_index('ix_standings_open', 'standings', ['open'], unique=False)
    op.create_table('tasks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('enrollment', sa.Integer(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('say', sa.String(), server_default='', nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('opened_at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('deadline_at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('owner', sa.String(), server_default='sales', nullable=False),
    sa.Column('claimed_by', sa.String(), server_default='', nullable=False),
    sa.Column('claimed_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('escalated_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('completed_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('completed_by', sa.String(), server_default='', nullable=False),
    sa.Column('outcome', sa.String(), server_default='', nullable=False),
    sa.Column('notes', sa.String(), server_default='', nullable=False),
    sa.Column('withdrawn_at', TIMESTAMP(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_tasks_lead_id_leads'),
    sa.PrimaryKeyConstraint('id', name='pk_tasks')
    )
    op.create_index('ix_tasks_lead_id', 'tasks', ['lead_id'], unique=False)
    op.create_index('ix_tasks_open', 'tasks', ['deadline_at'], unique=False, postgresql_where=sa.text('completed_at IS NULL AND withdrawn_at IS NULL'))
    op.create_table('touches',
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('enrollment', sa.Integer(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('letter', sa.String(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('claimed_at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('language', sa.String(), server_default='', nullable=False),
    sa.Column('address', sa.String(), server_default='', nullable=False),
    sa.Column('message_id', sa.String(), nullable=True),
    sa.Column('message', BYTEA(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempted_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('sent_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('provider_id', sa.String(), server_default='', nullable=False),
    sa.Column('refused_at', TIMESTAMP(timezone=True), nullable=True),
    sa.Column('refusal', sa.String(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name='fk_touches_lead_id_leads'),
    sa.PrimaryKeyConstraint('key', name='pk_touches'),
    sa.UniqueConstraint('message_id', name='uq_touches_message_id')
    )
    op.create_index('ix_touches_lead_id_sent_at', 'touches', ['lead_id', 'sent_at'], unique=False)
    op.create_table('notifications',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('audience', sa.String(), nullable=False),
    sa.Column('at', TIMESTAMP(timezone=True), nullable=False),
    sa.Column('told_at', TIMESTAMP(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name='fk_notifications_task_id_tasks'),
    sa.PrimaryKeyConstraint('key', name='pk_notifications')
    )
    op.create_index('ix_notifications_task_id', 'notifications', ['task_id'], unique=False)


def downgrade() -> None:
    op.drop_table("notifications")
    op.drop_table("touches")
    op.drop_table("tasks")
    op.drop_table("standings")
    op.drop_table("notes")
    op.drop_table("enrollments")
    op.drop_table("engagements")
    op.drop_table("contracts")
    op.drop_table("leads")
    op.drop_table("suppressions")
    op.drop_table("consents")
    op.drop_table("campaign_editions")
    op.drop_table("accounts")
