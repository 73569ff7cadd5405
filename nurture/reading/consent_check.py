"""Checks what a campaign file says of consents: how long one may be confirmed, and what its topic is called."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from nurture.plan.problems import Fault
from nurture.plan.spans import Span
from nurture.plan.vocabulary import language_fault
from nurture.reading.stops import mapped, word

_SHORTEST: Final = timedelta(hours=1)
_LONGEST_DAYS: Final = 60


def faults_of_consent(data: Mapping[str, Any], *, whole: bool) -> Iterator[Fault]:
    """What is wrong with them. Without ``whole`` nothing is said to be absent: it might be in what could not be made out."""
    for language in mapped(data.get("topic_names")):
        if wrong := language_fault(language):
            yield Fault(path=("topic_names", language), what=wrong[0], fix=wrong[1])
    if not (written := word(data.get("double_opt_in"))):
        return
    yield from _wrong_length(written)
    if whole and not any(word(mapped(form).get("consent")) for form in mapped(data.get("forms")).values()):
        fix = "write the form's 'consent', the text beside its tick box, or take 'double_opt_in' out"
        yield Fault(path=("double_opt_in",), what="no form asks for a consent that could be confirmed", fix=fix)


def _wrong_length(written: str) -> Iterator[Fault]:
    try:
        span = Span.parse(written)
    except ValueError:
        return
    exact = span.exact
    if span.amount and exact is not None and exact < _SHORTEST:
        yield Fault(path=("double_opt_in",), what=f"'{written}' is too short to read a letter", fix="write '1 hour' or more, like '7 days'")
    elif span.days > _LONGEST_DAYS or (exact is not None and exact > timedelta(days=_LONGEST_DAYS)):
        what, fix = f"'{written}' is too long: who wants to confirm does it soon", f"{_LONGEST_DAYS} days at most, like '7 days'"
        yield Fault(path=("double_opt_in",), what=what, fix=fix)
