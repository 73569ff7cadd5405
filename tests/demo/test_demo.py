"""``make demo``: a small one is played once, and looked at as the person would who opens what it leaves."""

import io
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from demo.__main__ import LEADS, Played, demo
from demo.cast import Role, character_of
from local.processes import Child, answers, running

pytestmark = pytest.mark.anyio

_DAYS = 200
_SEED = 4


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not pytest's own: another run may close that one to the database server's user."""
    with TemporaryDirectory(prefix="sodate-demo-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def few_leads(folder: Path) -> Path:
    """A dozen of the sample leads, from all over the file."""
    header, *rows = LEADS.read_text(encoding="utf-8").splitlines()
    path = folder / "leads.csv"
    path.write_text("\n".join([header, *rows[::17]]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def printed() -> io.StringIO:
    return io.StringIO()


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """One that was stopped by Ctrl-C when its days had begun, and what it left in its folder."""

    folder: Path
    code: int
    printed: list[str]
    has_server_left: bool


@pytest.fixture(scope="module")
async def interrupted(folder: Path, few_leads: Path, anyio_backend: str) -> Interrupted:
    folder, printed = folder / "demo", list[str]()
    async with _command(folder, few_leads, 700, printed) as child:

        async def begun() -> None:
            assert any("days begin" in line for line in printed)

        await answers(child, begun, within_s=90)
        os.kill(child.pid, signal.SIGINT)
        code = await child.ended()
    has_server_left = (folder / "postgres" / "postmaster.pid").exists()
    return Interrupted(folder=folder, code=code, printed=printed, has_server_left=has_server_left)


@pytest.fixture(scope="module")
async def played(interrupted: Interrupted, few_leads: Path, printed: io.StringIO) -> Played:
    """Played where another one was stopped."""
    return await demo(interrupted.folder, Console(file=printed, width=160), leads=few_leads, days=_DAYS, seed=_SEED)


@pytest.fixture(scope="module")
def letters(played: Played) -> list[EmailMessage]:
    """Every letter that is left as a file, without those that tell reps and the leader of tasks."""
    caught = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(played.letters.glob("*.eml")))
    return [letter for letter in caught if letter["List-Unsubscribe"]]


class _Links(HTMLParser):
    """Everything that a page loads or leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.to += [value for name, value in attrs if name in ("href", "src", "srcset", "data") and value]


async def test_the_letters_arrive_and_are_left_as_files_each_once(played: Played, letters: list[EmailMessage]) -> None:
    ids = Counter(str(letter["Message-ID"]) for letter in letters)

    assert played.facts.totals.sent == len(letters) > 30
    assert [id for id, times in ids.items() if times > 1] == []
    assert played.facts.doubled == 0


async def test_nobody_gets_the_same_letter_twice_within_the_months_played(letters: list[EmailMessage]) -> None:
    times = Counter((str(letter["To"]), str(letter["Subject"])) for letter in letters)

    assert [who for who, n in times.items() if n > 1] == []


async def test_japanese_leads_get_japanese_letters_and_others_english_ones(played: Played, letters: list[EmailMessage]) -> None:
    pairs = {(letter["To"].addresses[0].domain.endswith(".jp"), bool(re.search("[ぁ-ん]", str(letter["Subject"])))) for letter in letters}

    assert pairs == {(True, True), (False, False)}
    assert {language for row in played.facts.letters for language in row.by_language} == {"ja", "en"}


async def test_who_refuses_gets_no_letter_after_it(played: Played, letters: list[EmailMessage]) -> None:
    refused = [story for story in played.facts.stories if story.title == "Opted out"]
    assert refused, "the seed has somebody who refuses"

    for story in refused:
        refused_at = next(line.entry.at for line in story.lines if line.entry.what.startswith("opted out"))
        sent = [line.entry.at for line in story.lines if line.entry.what.startswith("sent")]
        assert sent
        assert max(sent) <= refused_at
    assert max(parsedate_to_datetime(str(letter["Date"])) for letter in letters) <= played.facts.until


async def test_every_handoff_is_answered_or_waits_with_an_owner(played: Played) -> None:
    facts = played.facts

    assert {row.reason for row in facts.handoffs} >= {"everybody_gone", "call_after_fair"}
    assert all(row.opened == row.waiting + sum(row.answers.values()) for row in facts.handoffs)
    assert facts.totals.escalated > 0
    assert sum(row.waiting for row in facts.handoffs) == sum(bool(lead.owner) for lead in facts.open_leads)


async def test_no_lead_is_forgotten(played: Played) -> None:
    facts = played.facts

    assert facts.orphans == ()
    assert facts.open_leads
    assert all(lead.next_at or (lead.owner and lead.deadline_at) for lead in facts.open_leads)
    assert all(moment > facts.until for lead in facts.open_leads if (moment := lead.deadline_at or lead.next_at))


async def test_what_is_printed_names_what_happened(played: Played, printed: io.StringIO) -> None:
    said = printed.getvalue()

    assert "Letters by template" in said
    assert "Handoffs by reason" in said
    assert "Every open lead has a next wake-up or an owner with a deadline; no letter went twice." in said
    assert all(row.letter in said for row in played.facts.letters)


async def test_the_report_needs_nothing_from_outside_and_leads_to_the_letters(played: Played) -> None:
    page = played.report.read_text(encoding="utf-8")
    links = _Links(page)

    assert not links.tags & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"https?:|@import|url\(", page)
    files = [played.report.parent / link for link in links.to]
    assert len(files) > 5
    assert [file for file in files if not file.exists()] == []


async def test_the_report_tells_of_every_open_lead(played: Played) -> None:
    page = played.report.read_text(encoding="utf-8")

    assert [lead.company for lead in played.facts.open_leads if lead.company not in page] == []
    assert page.count("<svg") == 3


async def test_ctrl_c_stops_it_and_the_next_one_plays_on_what_is_left(interrupted: Interrupted, played: Played) -> None:
    assert interrupted.code == 130, "\n".join(interrupted.printed)
    assert not interrupted.has_server_left
    assert "Traceback" not in "\n".join(interrupted.printed)
    assert played.report.parent == interrupted.folder


async def test_a_folder_that_holds_something_else_is_not_thrown_away(tmp_path: Path, few_leads: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(RuntimeError, match=r"holds thesis\.txt"):
        await demo(tmp_path, Console(file=io.StringIO()), leads=few_leads, days=1)

    assert (tmp_path / "thesis.txt").exists()


async def test_the_same_seed_casts_the_same_people() -> None:
    people = [f"person-{number}@example.com" for number in range(200)]

    cast = [character_of(one, _SEED) for one in people]

    assert cast == [character_of(one, _SEED) for one in people]
    assert cast != [character_of(one, _SEED + 1) for one in people]
    assert {character.role for character in cast} == set(Role)


def _command(folder: Path, leads: Path, days: int, printed: list[str]) -> AbstractAsyncContextManager[Child]:
    command = [sys.executable, "-m", "demo", "--folder", str(folder), "--leads", str(leads), "--days", str(days), "--districts", "1"]
    plain = {"COLUMNS": "160", "PYTHONUNBUFFERED": "1"}
    return running("demo", command, environment=os.environ | plain, show=lambda name, line: printed.append(line), patience_s=30)
