"""How well mail that comes back is read, over the whole corpus: what each message is, and how many of each sort are found and are right."""

from collections import Counter
from pathlib import Path

import pytest

from mail.reading.reader import read
from nurture.verdict import Sort
from tests.mail.reading.corpus import Case, corpus
from tests.mail.reading.dialects import ARRIVED_AT, LEAD, TOUCH

CASES = list(corpus())
PAGE = Path(__file__).parents[3] / "docs" / "mail.md"
REPORTS = (Sort.BOUNCE, Sort.DELAY, Sort.BLOCK, Sort.UNCLEAR, Sort.COMPLAINT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.sort}-{case.name}")
def test_every_message_of_the_corpus_is_read_right(case: Case) -> None:
    verdict = read(case.message, ARRIVED_AT)

    assert (verdict.sort, verdict.back_on) == (case.sort, case.back_on), verdict.why
    if case.status is not None:
        assert verdict.status == case.status
    if case.text is not None:
        assert verdict.text.startswith(case.text), "what was newly written is whole"
        assert "sodate.example.com" not in verdict.text, "nothing quoted is in it"
    if case.sort in REPORTS:
        assert verdict.recipient == LEAD
        assert TOUCH in verdict.about


def figures() -> str:
    """For each sort: how many messages, which part of those taken for it are it (precision), and which part of it is found (recall)."""
    are, taken, right = Counter[Sort](), Counter[Sort](), Counter[Sort]()
    for case in CASES:
        sort = read(case.message, ARRIVED_AT).sort
        are[case.sort] += 1
        taken[sort] += 1
        right[case.sort] += sort is case.sort
    rows = [f"| {sort} | {are[sort]} | {right[sort] / max(taken[sort], 1):.2f} | {right[sort] / are[sort]:.2f} |" for sort in Sort]
    return "\n".join(["| Sort | Messages | Precision | Recall |", "| --- | ---: | ---: | ---: |", *rows, f"| all | {are.total()} | | |"])


def test_the_page_shows_the_figures_of_the_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    table = figures()
    with capsys.disabled():
        print(f"\n{table}")  # noqa: T201 - whoever changes the reader wants to see them

    assert table in PAGE.read_text(encoding="utf-8"), "put this table into docs/mail.md"
