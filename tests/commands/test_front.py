"""What every command has in common: help that can be read, JSON, and how it ends when something is missing or away."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from typer.main import get_command

from commands.app import app

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]

ALL = [
    ["campaign", "check", "FILE"],
    ["campaign", "list"],
    ["campaign", "new", "NAME"],
    ["campaign", "diff", "FILE"],
    ["campaign", "start", "FILE"],
    ["leads", "import", "FILE"],
    ["leads", "rank"],
    ["lead", "show", "ID"],
    ["lead", "set", "ID", "FIELD=VALUE"],
    ["lead", "move", "ID", "TRACK"],
    ["lead", "send-now", "ID"],
    ["lead", "skip", "ID"],
    ["lead", "owner", "ID", "NAME"],
    *(
        ["lead", "signal", "ID", kind]
        for kind in (
            "downloaded",
            "demo_requested",
            "visited",
            "replied",
            "absent",
            "opted_out",
            "bounced",
            "contract_changed",
            "held",
            "released",
            "referred",
            "subscribed",
            "followed",
            "attended",
            "quote_requested",
            "trial_started",
            "meeting_booked",
            "budgeted",
            "vendor_selected",
            "praised",
            "proposal_sent",
            "deal_opened",
            "call_unanswered",
            "usage_fell",
            "usage_recovered",
            "milestone_reached",
            "rated",
            "permitted",
            "issue_opened",
            "issue_closed",
            "learned",
        )
    ),
    ["account", "show", "NAME"],
    ["reps", "list"],
    ["people", "list"],
    ["people", "add", "NAME"],
    ["people", "roles", "NAME"],
    ["people", "stages", "NAME", "RANGE"],
    ["people", "remove", "NAME"],
    ["people", "link", "ADDRESS"],
    ["audit"],
    ["figures"],
    ["tokens", "add", "NAME"],
    ["tokens", "list"],
    ["tokens", "revoke", "PREFIX"],
    ["site", "snippet", "FORM"],
    ["site", "sources"],
    ["reps", "away", "NAME"],
    ["reps", "back", "NAME"],
    ["visitors", "list"],
    ["tasks", "list"],
    ["tasks", "show", "ID"],
    ["tasks", "claim", "ID"],
    ["tasks", "complete", "ID"],
    ["doctor"],
    ["doctor", "mail"],
    ["explain", "ID"],
    ["measure", "CAMPAIGN"],
    ["retention"],
    ["lead", "export", "ID"],
    ["lead", "erase", "ID"],
    ["lead", "erased", "ID"],
    ["stop", "all"],
    ["stop", "campaign", "NAME"],
    ["stop", "lead", "ID"],
    ["resume", "all"],
    ["resume", "campaign", "NAME"],
    ["resume", "lead", "ID"],
    ["whatif", "ID"],
    ["release", "check"],
    ["rehearse", "FILE"],
    ["forecast", "FILE"],
    ["campaign", "test", "FILE"],
    ["mail", "status"],
    ["mail", "resume"],
    ["mail", "pace", "show"],
    ["mail", "pace", "set"],
    ["mail", "pace", "rate", "LETTERS"],
    ["mail", "pace", "share", "CAMPAIGN"],
    ["mail", "warm-up", "start", "DOMAIN"],
    ["mail", "warm-up", "end", "DOMAIN"],
    ["webhooks", "add", "URL"],
    ["webhooks", "list"],
    ["webhooks", "remove", "ID"],
    ["webhooks", "off", "ID"],
    ["webhooks", "on", "ID"],
    ["webhooks", "rotate", "ID"],
    ["webhooks", "test", "ID"],
    ["webhooks", "dead"],
    ["webhooks", "again"],
    ["strays", "list"],
    ["strays", "show", "ID"],
    ["strays", "settle", "ID"],
]
NEEDS_A_DATABASE = [["campaign", "list"], ["lead", "show", "ID"], ["lead", "signal", "ID", "replied"], ["tasks", "list"], ["doctor"]]


def commands_of(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if not hasattr(command, "commands") or (path and command.invoke_without_command):
        yield path
    for name, sub in getattr(command, "commands", {}).items():
        yield from commands_of(sub, (*path, name))


async def test_no_command_is_forgotten_here() -> None:
    listed = {tuple(word for word in words if not word.isupper()) for words in ALL}

    assert set(commands_of(get_command(app))) - {("campaign", "schema")} == listed


@pytest.mark.parametrize("words", ALL, ids=" ".join)
async def test_every_command_explains_itself_and_offers_json(bare_starter: Starter, words: list[str]) -> None:
    done = await bare_starter(*words, "--help")

    assert (done.code, done.err) == (0, "")
    assert "--json" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


async def test_without_a_command_the_help_is_shown_with_the_exit_codes(bare_starter: Starter) -> None:
    done = await bare_starter()

    assert done.code == 2
    assert "doctor" in done.out + done.err
    assert "3 the database, Temporal, DNS or the mail server is away" in " ".join((done.out + done.err).split())


@pytest.mark.parametrize("words", NEEDS_A_DATABASE, ids=" ".join)
async def test_a_missing_setting_is_named_with_what_it_is_for(bare_starter: Starter, words: list[str]) -> None:
    done = await bare_starter(*words)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("DATABASE_URL is missing; it says where the leads are: PostgreSQL, for instance")


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("mysql://localhost/x", 1, "DATABASE_URL is wrong: it begins with postgresql://"),
        ("postgresql://localhost:port/x", 1, "DATABASE_URL is wrong; write it like"),
        ("postgresql://127.0.0.1:1/x", 3, "the database cannot be reached ("),
        ("postgresql:///x?host=/nonexistent", 3, "the database cannot be reached ("),
    ],
)
async def test_a_database_that_is_away_is_one_line_and_exit_code_3(bare_starter: Starter, url: str, code: int, said: str) -> None:
    done = await bare_starter("tasks", "list", DATABASE_URL=url)

    assert (done.code, done.out, len(done.err.splitlines())) == (code, "", 1)
    assert done.err.startswith(said)


async def test_a_database_that_does_not_exist_or_was_never_migrated_is_told_apart(
    bare_starter: Starter, empty_database_url: str, postgres_url: str
) -> None:
    empty = await bare_starter("tasks", "list", DATABASE_URL=empty_database_url)
    missing = await bare_starter("tasks", "list", DATABASE_URL=postgres_url.format(database="nowhere"))

    assert (empty.code, empty.err) == (3, "the database has no tables yet; create them with: alembic upgrade head\n")
    assert (missing.code, 'database "nowhere" does not exist' in missing.err) == (3, True)


async def test_with_json_an_error_is_json_on_stdout_and_words_on_stderr(bare_starter: Starter) -> None:
    done = await bare_starter("tasks", "list", "--json", DATABASE_URL="mysql://localhost/x")

    assert (done.code, done.json) == (1, {"error": "DATABASE_URL is wrong: it begins with postgresql://"})
    assert done.err == "DATABASE_URL is wrong: it begins with postgresql://\n"


async def test_an_api_key_is_never_sent_without_tls(starter: Starter) -> None:
    done = await starter("doctor", TEMPORAL_API_KEY="key-to-everything", TEMPORAL_TLS="false")

    assert done.code == 1
    assert "TEMPORAL_TLS must not be false beside TEMPORAL_API_KEY" in done.err
    assert "key-to-everything" not in done.err + done.out


async def test_an_error_from_far_away_is_cut_between_words(starter: Starter) -> None:
    done = await starter("doctor", TEMPORAL_ADDRESS="no-such-server.invalid:7233")

    assert done.code == 3
    said = done.err.partition("(")[2].partition("); see")[0]
    assert len(said) <= 160
    assert said.endswith(" \u2026") or "\u2026" not in said


async def test_the_process_itself_ends_with_the_code_of_its_command_and_without_a_traceback(process: Callable[..., Any]) -> None:
    codes = []
    for words in (["tasks", "list"], ["lead", "show", "nobody@example.com"], ["doctor"]):
        with process(*words) as running:
            _, err = await asyncio.to_thread(running.communicate)
            codes.append(running.returncode)
            assert "Traceback" not in err, err

    assert codes == [0, 1, 3]
