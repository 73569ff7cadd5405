"""A sample team for one machine: somebody in every role, and a link for each to sign in."""

from datetime import UTC, datetime
from typing import Final

from mail.links import signin_url
from store.database import Database
from store.team import people, sessions
from store.team.people import Role

_TEAM: Final = (
    ("Mori", Role.REP, "ja"),
    ("Okafor", Role.REP, "en"),
    ("Lindqvist", Role.LEADER, "en"),
    ("Tanabe", Role.MARKETING, "ja"),
    ("Sato", Role.OPERATOR, "ja"),
)


async def sample_doors(database_url: str, base: str) -> dict[str, str]:
    """Take the sample team in where it is not there, and give a link to sign in for each: who it is, and where it leads.

    Whoever was given other roles keeps them, and whoever was taken out stays out.
    """
    database, now = Database(database_url), datetime.now(UTC)
    try:
        async with database.transaction() as session:
            if not await people.team(session):
                for name, role, language in _TEAM:
                    await people.take_in(session, name, f"{name.lower()}@sodate.example.com", {role}, now, language=language)
            team = await people.team(session)
            return {
                f"Sign in as {one.name}, {', '.join(one.roles)}": signin_url(base, sessions.make_link(session, one.name, now))
                for one in team
            }
    finally:
        await database.close()
