"""What pages show of a letter that a rep wrote, and of what became of it."""

from dataclasses import dataclass
from uuid import UUID

from nurture.plan.parts import Cap
from store.mail.personal import Terms, Written
from web.desk.stepwords import span_in_words
from web.moments import in_zone
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A letter in words. ``state`` says what became of it, ``bad`` that it was not sent."""

    id: UUID
    writer: str
    subject: str
    text: str
    state: str
    bad: bool


def letter_view(one: Written, zone: str, language: str) -> LetterView:
    """The letter as a rep sees it."""
    w = words(language)
    if one.sent_at is not None:
        state = w["letter_sent"].format(when=in_zone(one.sent_at, zone, language))
    elif one.refused_at is not None:
        state = w["letter_not_sent"].format(why=w.get(f"refused_{one.refusal}", one.refusal))
    elif one.attempted_at is not None:
        state = w["letter_tried"].format(when=in_zone(one.attempted_at, zone, language))
    else:
        state = w["letter_on_its_way"]
    letter = one.letter
    return LetterView(
        id=letter.id, writer=letter.writer, subject=letter.subject, text=letter.text, state=state, bad=one.refused_at is not None
    )


def why_no_letter(terms: Terms, zone: str, language: str) -> str:
    """Why no letter may go, and from when on one may; empty where one may go at once."""
    w = words(language)
    if terms.refusal is None:
        return ""
    if terms.until is None:
        return w[f"refused_{terms.refusal}"]
    why = w["letter_wished"] if terms.is_wished else w["letter_full"].format(cap=cap_in_words(terms.campaign.cap, language))
    return f"{why} {w['letter_room'].format(when=in_zone(terms.until, zone, language))}"


def cap_in_words(cap: Cap, language: str) -> str:
    """How many letters there is room for; empty where nothing bounds them."""
    span, w = span_in_words(cap.per, language), words(language)
    return w["cap_letter" if cap.touches == 1 else "cap_letters"].format(n=cap.touches, span=span) if cap.touches else ""


def said_before(before: Written, subject: str, text: str, zone: str, language: str) -> str:
    """What to tell whoever sends a letter that was kept before, or another one from the same page."""
    letter, w = letter_view(before, zone, language), words(language)
    is_same = (letter.subject, letter.text) == (subject, text) and not letter.bad
    return w["letter_sent_already" if is_same else "letter_used_already"].format(subject=letter.subject, state=letter.state)
