"""What a person agreed to and refused, with its proof, and how often it wants to hear from us, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nurture.kinds import Frequency
from nurture.places import zone, zone_problem
from nurture.wishes import AS_USUAL
from store.consent.consents import EVERYTHING
from store.looks.dossier import Dossier
from web.formfields import readable
from web.moments import in_zone, written
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """Something that was agreed to or refused, and what proves it."""

    what: str
    said: str
    is_bad: bool
    evidence: tuple[tuple[str, str], ...] = ()


def consents_in_words(found: Dossier, language: str) -> Iterator[ConsentView]:
    """What it refused first, then what it has not confirmed, then what it agreed to."""
    w, where = words(language), found.lead.zone
    for refused in found.suppressions:
        what = w["all_topics"] if refused.topic == EVERYTHING else readable(refused.topic)
        said = w["consent_refused"].format(reason=readable(refused.reason), day=day_there(refused.at, where, language))
        yield ConsentView(what=what, said=said, is_bad=True)
    for asked in found.asked:
        said = w["consent_asked"].format(day=day_there(asked.asked_at, where, language), until=in_zone(asked.expires_at, where, language))
        yield ConsentView(what=readable(asked.topic), said=said, is_bad=True, evidence=tuple(_evidence(asked.evidence)))
    for given in found.consents:
        said = w["consent_given"].format(basis=w[f"basis_{given.basis}"], day=day_there(given.given_at, where, language))
        gone = f" · {w['consent_withdrawn'].format(day=day_there(given.withdrawn_at, where, language))}" if given.withdrawn_at else ""
        yield ConsentView(
            what=readable(given.topic), said=f"{said}{gone}", is_bad=bool(given.withdrawn_at), evidence=tuple(_evidence(given.evidence))
        )


def _evidence(proof: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in proof.items():
        if value:
            yield readable(name), value if isinstance(value, str) else str(value)


def wish_in_words(found: Dossier, language: str) -> str:
    """How often it wants to hear from us; empty where it has chosen nothing."""
    w, wish = words(language), found.wish
    if wish == AS_USUAL:
        return ""
    often = w["wish_monthly"] if wish.frequency is Frequency.MONTHLY else w["wish_usual"]
    pause = w["wish_pause"].format(day=written(wish.paused_until, language)) if wish.paused_until else ""
    return " · ".join(filter(None, [often, pause]))


def day_there(at: datetime, where: str, language: str) -> str:
    """The day that it is in a zone; in UTC where the zone is unknown."""
    there: date = at.astimezone(zone("UTC" if zone_problem(where) else where)).date()
    return written(there, language)
