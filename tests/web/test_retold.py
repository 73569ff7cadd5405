"""Japanese pages tell in Japanese what the machine wrote in English, and leave alone what people wrote."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.desk.retold import GAP, TABLES, advised, retold

ROOT = Path(__file__).parents[2]


def _files(folder: str, *names: str) -> list[Path]:
    return [ROOT / folder / f"{name}.py" for name in names] if names else sorted((ROOT / folder).glob("*.py"))


SOURCES = [
    *_files("nurture"),
    *_files("nurture/why"),
    *_files("nurture/counting", "difference"),
    *_files("nurture/plan", "parts", "plots", "conditions", "onward", "problems", "source", "vocabulary"),
    *(path for path in _files("nurture/reading") if path.name.endswith("_check.py") or path.name == "wording.py"),
    *_files("store/looks", "entries"),
    *_files("store/campaigns", "files"),
    *_files("store/journeys", "starting"),
    *_files("activities", "pace"),
    *_files("mail", "proofread", "doubts", "written", "checking"),
]
"""Where sentences are written that stand on pages later."""

REFUSALS = [
    *_files("nurture/plan", "conditions", "source", "form", "parts", "rule", "track"),
    *_files("nurture/reading", "condition_check"),
    *_files("store/campaigns", "files"),
]
"""What they raise stands there, too."""

NEVER_SHOWN = {
    "frozen.py",  # writes code
    "calendar.py",
    "places.py",
    "edition.py",
    "stage_names.py",
    "stage_ranges.py",  # what commands answer; pages have words of their own
}
CODE = re.compile(r" [<>=]= |\\b|^.{300}|^[{]%|^lambda|^\(|^block ")
NO_SENTENCES = {
    "{} {}",
    "{} is {}",  # facts
    "{} {} {} {} {}:{}",  # a moment
    "no campaign{} has a letter '{}'; {}",  # what the command answers to a wrong name
    "no campaign was started",
    "there are",
    " {} {}",
    "{} days",
    "{} is not a fact of this lead",
    "not in",
    " and others",
    "did you mean",
    "write it like",
    "write never, at once, or a time like",
    "The legal name",
    "The postal address",
    "The contact",
    " and in ",
    " while in stage ",
    "'{letter}' not sent",
    "at once",
    "by {}",  # lanes of letters
    "to {}",
}
PUT_TOGETHER = {
    "the lead refused all letters",
    "opted out of everything",
    "{who} decided: {decided}",
    "{slug} goes at once",
    "{slug} is left out",
    "leave 'if' out, or write it like touches >= 3 and language == 'ja'",
    "write never, at once, or a time like '3 days', '2 working days', '4 hours' or '1 week'",
}
"""Sentences of two parts, where the language needs both at once."""
TOLD = {
    "rule 'quiet' looks then: no answer for 3 weeks to 3 letters; a human decides when 365 days are over": (
        "その時点でルール「quiet」を確認します: 3通のメールに3週間お返事がありません。365日が過ぎたら担当者が判断します"
    ),
    "'intro' goes on Sat 21 Nov 2026 09:00; the cap of 2 letters in 7 days is full until Sun 22 Nov 2026 09:00": (
        "「intro」を2026年11月21日(土) 09:00に送ります（2026年11月22日(日) 09:00まで: 送信上限（7日に2通）に達しています）"
    ),
    "a rep has this lead (out_of_nowhere) and answers by Mon 23 Nov 2026 09:30": (
        "担当者が対応中です（突然のお問い合わせ、回答期限 2026年11月23日(月) 09:30）"
    ),
    "downloaded pricing_guide while in stage interest": "資料ダウンロード（pricing_guide）（「興味・情報収集」の段階にて）",
    "a rep answered won until 2027-01-01, contract until 2027-03-31, renews by itself": (
        "担当者が「受注（契約）」と回答（2027年1月1日(金)まで）（契約は2027年3月31日(水)まで）（自動更新）"
    ),
    "the letter 'intro' is gone": "メール「intro」がなくなりました",
    "deadline was 2 working days, is 4 hours": "deadline を「2営業日」から「4時間」に変更",
    "Mika decided: hello goes at once": "Mika の判断: 「hello」をすぐに送る",
    "rule 'demo': demo requested": "ルール「demo」: デモ依頼",
    "'emial' is not known here": "ここに「emial」は書けません",
    "it is one of downloaded, visited and others": "次のいずれかです: downloaded, visited",
    "use 'when: {date: birthday}' or 'wait: {until: birthday}'": (
        "「when: {date: birthday}」か「wait: {until: birthday}」を使ってください"
    ),
}
SENTENCE = re.compile(r"[a-z}'] [a-z{']")


def shape(said: str) -> str:
    """What it says by itself; gaps that stand together are one."""
    return GAP.sub("{}", said).replace("{}{}", "{}")


def written_in(path: Path, *, raised: bool = False) -> Iterator[str]:
    """Every sentence of a file, with ``{}`` for what is put in: those that it raises, or all others. Documentation is none."""
    tree = ast.parse(path.read_text())
    passed: set[ast.AST] = set()
    in_raise = {part for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Assert) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg in ("description", "pattern"):
            passed.update(ast.walk(node.value))
        elif isinstance(node, ast.Dict):
            values = (value for key, value in zip(node.keys, node.values, strict=True) if _is(key, "if", "deadline", "becomes"))
            passed.update(part for value in values for part in ast.walk(value))
    for node in ast.walk(tree):
        if node in passed or (node in in_raise) is not raised:
            continue
        if isinstance(node, ast.JoinedStr):
            passed.update(part for part in node.values if isinstance(part, ast.Constant))
            yield shape("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is(key: ast.expr | None, *names: str) -> bool:
    return isinstance(key, ast.Constant) and key.value in names


@pytest.mark.parametrize("language", TABLES)
def test_every_sentence_that_the_machine_writes_is_known_and_no_other(language: str) -> None:
    known = {shape(english) for english in TABLES[language]}
    known |= {said.removesuffix(" {}") for said in known}  # what there is, is listed behind it
    written = {said: path.name for path in SOURCES if path.name not in NEVER_SHOWN for said in written_in(path)}
    written |= {said: path.name for path in REFUSALS for said in written_in(path, raised=True)}
    sentences = {said for said in written if SENTENCE.search(said) and not CODE.search(said)}

    missing = {f"{written[said]}: {said}" for said in sentences - known - NO_SENTENCES}
    gone = {
        said
        for said in map(shape, TABLES[language].keys() - PUT_TOGETHER)
        if SENTENCE.search(said) and not {said, said.replace(" ", "_"), said.removesuffix(" {}")} & {*written}
    }

    assert sorted(missing) == [], "add them to web/words/reasons_japanese.py or its neighbours"
    assert sorted(gone) == [], "nobody writes them: take them out there"


def test_a_sentence_takes_its_gaps_along() -> None:
    assert [retold(said, "ja") for said in TOLD] == [*TOLD.values()]
    assert [retold(said, "en") for said in TOLD] == [*TOLD]


def test_what_marketing_named_and_wrote_stays_as_it_is() -> None:
    theirs = ["Ask for the budget", "sent brochure", "rule of thumb: call first"]

    assert [advised(said, "ja") for said in theirs] == theirs
    assert advised("What hurts today?", "ja") == "今、何にお困りですか。"
    assert retold("welcome: learn → buy", "ja") == "welcome: learn → buy"
