"""The corpus: what people write and what programs send, with the right answer beside each. It grows by a line whenever one is misread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from nurture.verdict import Sort
from tests.mail.reading.notes import ABSENCES, NOTES
from tests.mail.reading.oddities import ODD
from tests.mail.reading.refusals import REFUSALS
from tests.mail.reading.replies import REPLIES
from tests.mail.reading.reported import REPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One message and what is right about it. None where nothing is asked."""

    name: str
    message: bytes
    sort: Sort
    back_on: date | None = None
    status: str | None = None
    text: str | None = None


def corpus() -> Iterator[Case]:
    """Every message with its answer."""
    for said, dialect in REPLIES:
        yield Case(name=f"{dialect.__name__}: {said[:30]}", message=dialect(said), sort=Sort.REPLY, text=said)
    for said, dialect in REFUSALS:
        yield Case(name=f"{dialect.__name__}: {said[:30]}", message=dialect(said), sort=Sort.REFUSAL)
    for said, dialect, back_on in ABSENCES:
        yield Case(name=f"{dialect.__name__}: {said[:40]}", message=dialect(said), sort=Sort.ABSENCE, back_on=back_on)
    for said, dialect, sort in NOTES:
        yield Case(name=f"{dialect.__name__}: {said[:40]}", message=dialect(said), sort=sort)
    for name, message, sort, status in REPORTS:
        yield Case(name=name, message=message, sort=sort, status=status)
    for name, message, sort in ODD:
        yield Case(name=name, message=message, sort=sort)
