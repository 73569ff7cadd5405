"""Where a lead came from, first and last, in words."""

from collections.abc import Iterator

from store.looks.dossier import Dossier
from store.site.arrivals import OF_LINK, Arrival
from web.desk.consentviews import day_there
from web.words import words


def came_in_words(found: Dossier, language: str) -> Iterator[tuple[str, str]]:
    """First and last, each under its name; once where both are the same, and nothing where nothing ever told."""
    if found.came is None:
        return
    w, (first, last) = words(language), found.came
    yield w["came"] if first == last else w["came_first"], _said(first, found.lead.zone, language)
    if last != first:
        yield w["came_last"], _said(last, found.lead.zone, language)


def _said(arrival: Arrival, zone: str, language: str) -> str:
    """What its link said, the page that it stood on, ours that it led to, and the day; each where it is known."""
    w = words(language)
    told = [w[f"came_{part}"].format(what=said) for part in (*OF_LINK, "referrer", "page") if (said := getattr(arrival, part))]
    return " · ".join([*told, day_there(arrival.at, zone, language)])
