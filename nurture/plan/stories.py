"""The five stories of leads that do not walk the funnel, with what a campaign may set about each."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from nurture.plan.parts import Part, Slug
from nurture.plan.spans import Span, Unit


class _Settings(Part):
    back_to: Slug | None = Field(default=None, description="The track that nurture goes on in; the campaign's first when left out.")


class StalledAfterProposal(_Settings):
    """Guides, a demo and a proposal within a week or so, and then nothing: time works differently for them than for us."""

    after: Span = Field(default=Span(7, Unit.DAY), description="Silence after a proposal.")
    letters: tuple[Slug, ...] = Field(default=(), description="Helpful letters of the long hold, in turn; never a sales letter.")
    every: Span = Field(default=Span(60, Unit.DAY), description="Time between two of them.")


class EverybodyGone(_Settings):
    """Neither letters nor calls are answered, and no absence note comes. It mostly means busy."""

    after: Span = Field(default=Span(21, Unit.DAY), description="Silence since the first letter without an answer.")
    touches: int = Field(default=3, ge=1, description="Letters without an answer.")
    watch: tuple[Slug, ...] = Field(default=(), alias="in", description="The tracks that are watched; all when left out.")
    close: int = Field(default=2, ge=0, le=3, description="From which relationship on (0 to 3) another channel is tried.")
    channel: Slug = Field(default="handwritten_note", description="Which: a note by hand, a social network, a text message.")
    letters: tuple[Slug, ...] = Field(default=(), description="The few letters that still go, further and further apart.")


class OutOfNowhere(_Settings):
    """A demo request from somebody of whom almost nothing is known: they compare, and want to decide quickly."""

    history: int = Field(default=2, ge=0, description="How many things such a lead may have done before, the request included.")
    deadline: Span = Field(default=Span(30, Unit.MINUTE), description="How soon a rep answers.")


class StuckAtTheTop(_Settings):
    """Reads everything about the problem and nothing about solving it."""

    downloads: int = Field(default=3, ge=1, description="Different guides about the problem in 180 days, and nothing deeper.")
    subscribes: bool = Field(default=True, description="Only who also subscribes and follows.")


class BeyondTheMachine(_Settings):
    """Takes letters and case studies gladly, and never comes to talk: more letters will not change that."""

    touches: int = Field(default=8, ge=1, description="Letters without a demo, a meeting or a talk.")
    reactions: int = Field(
        default=2, ge=0, description="Signs that it takes them: links followed, seminars, contents that are not about the problem alone."
    )
    watch: tuple[Slug, ...] = Field(default=(), alias="in", description="The tracks that are watched; all when left out.")


class Stories(Part):
    """The stories that a campaign wants. One that is only named has its defaults."""

    stalled_after_proposal: StalledAfterProposal | None = Field(default=None, description="A proposal was sent, and nothing comes back.")
    everybody_gone: EverybodyGone | None = Field(default=None, description="Neither letters nor calls are answered.")
    out_of_nowhere: OutOfNowhere | None = Field(default=None, description="A demo request from somebody who is hardly known.")
    stuck_at_the_top: StuckAtTheTop | None = Field(default=None, description="Reads about the problem, and nothing about solving it.")
    beyond_the_machine: BeyondTheMachine | None = Field(default=None, description="Takes every letter, and never comes to talk.")


STORIES: Final[Mapping[str, type[Part]]] = {
    "stalled_after_proposal": StalledAfterProposal,
    "everybody_gone": EverybodyGone,
    "out_of_nowhere": OutOfNowhere,
    "stuck_at_the_top": StuckAtTheTop,
    "beyond_the_machine": BeyondTheMachine,
}
"""The stories by name."""
