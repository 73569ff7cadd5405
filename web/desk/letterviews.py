"""What pages show of a letter that a rep wrote, and of what became of it."""

from dataclasses import dataclass
from uuid import UUID

from store.mail.personal import Written
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
