"""``tokens``: programs are let in, seen, and let out again."""

import pytest

from tests.commands.conftest import Ask, Starter

pytestmark = pytest.mark.anyio


async def test_a_token_is_shown_once_and_then_only_its_first_letters(starter: Starter, ask: Ask) -> None:
    made = await starter("tokens", "add", "crm", "--scope", "leads:read", "--scope", "tasks:write", "--days", "90", "--by", "Mika")
    listed = await starter("tokens", "list")
    plain = made.out.splitlines()[0]

    assert (made.code, plain[:7], len(plain)) == (0, "sodate_", 50)
    assert plain not in listed.out
    assert f"{plain[:13]}…" in listed.out
    assert "ends in 90 days" in listed.out
    assert await ask("SELECT who, what, subject FROM audits") == [("Mika", "token_made", "crm")]


async def test_a_token_that_is_revoked_is_listed_as_such(starter: Starter) -> None:
    await starter("tokens", "add", "crm", "--scope", "leads:read")
    twice = await starter("tokens", "add", "crm", "--scope", "leads:read")
    revoked = await starter("tokens", "revoke", "crm", "--by", "Mika", "--json")
    listed = (await starter("tokens", "list", "--json")).json

    assert (twice.code, "stands already" in twice.err) == (1, True)
    assert revoked.json == {"name": "crm", "revoked": True}
    assert [(token["name"], token["revoked_by"], token["scopes"]) for token in listed] == [("crm", "Mika", ["leads:read"])]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "crm"], 2, "--scope"),
        (["add", "crm", "--scope", "leads:raed"], 2, "did you mean 'leads:read'?"),
        (["add", " ", "--scope", "leads:read"], 1, "NAME: a token has a name"),
        (["revoke", "crm"], 1, "NAME: no token 'crm' stands; none does"),
    ],
)
async def test_what_is_wrong_is_said_with_its_fix(starter: Starter, words: list[str], code: int, said: str) -> None:
    done = await starter("tokens", *words)

    assert done.code == code
    assert said in done.err
