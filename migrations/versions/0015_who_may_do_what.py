"""The team and its sessions, links to sign in, and what people changed.

Whoever is a rep already is of the team, with the role of one. Of several with the same address the first keeps it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

_MOMENT = postgresql.TIMESTAMP(timezone=True)
_BYTES = postgresql.BYTEA()


def upgrade() -> None:
    _the_team()
    op.create_table(
        "sessions",
        sa.Column("token_hash", _BYTES, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["person"], ["people.name"], name="fk_sessions_person_people"),
    )
    op.create_table(
        "signin_links",
        sa.Column("token_hash", _BYTES, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_signin_links"),
        sa.ForeignKeyConstraint(["person"], ["people.name"], name="fk_signin_links_person_people"),
    )
    for table in ("sessions", "signin_links"):
        op.create_index(f"ix_{table}_person", table, ["person"])
        op.create_index(f"ix_{table}_ends_at", table, ["ends_at"])
    op.create_table(
        "audits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.create_index("ix_audits_at", "audits", ["at"])
    op.create_index("ix_audits_who_id", "audits", ["who", "id"])
    op.create_index("ix_audits_kind_subject_id", "audits", ["kind", "subject", "id"])


def _the_team() -> None:
    op.rename_table("reps", "people")
    op.execute("ALTER TABLE people RENAME CONSTRAINT pk_reps TO pk_people")
    op.add_column("people", sa.Column("roles", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("people", sa.Column("language", sa.String(), server_default="", nullable=False))
    for name in ("came_at", "left_at", "roles_changed_at"):
        op.add_column("people", sa.Column(name, _MOMENT, nullable=True))
    op.execute("""UPDATE people SET roles = '["rep"]', came_at = now(), address = lower(address)""")
    op.execute(
        "UPDATE people SET address = '' WHERE EXISTS (SELECT FROM people p WHERE p.address = people.address AND p.name < people.name)"
    )
    has_one = sa.text("address <> '' AND left_at IS NULL")
    op.create_index("uq_people_address", "people", ["address"], unique=True, postgresql_where=has_one)


def downgrade() -> None:
    op.drop_table("audits")
    op.drop_table("signin_links")
    op.drop_table("sessions")
    op.drop_index("uq_people_address", "people")
    for name in ("roles_changed_at", "left_at", "came_at", "language", "roles"):
        op.drop_column("people", name)
    op.execute("ALTER TABLE people RENAME CONSTRAINT pk_people TO pk_reps")
    op.rename_table("people", "reps")
