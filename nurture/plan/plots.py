"""What a story comes to: its detector and its plan, in the words of campaign files.

So checks, rehearsals and reports need to know nothing of stories. A track or rule that the campaign has itself takes the place of one of
the story's.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from nurture.plan.stories import BeyondTheMachine, EverybodyGone, OutOfNowhere, StalledAfterProposal, Stories, StuckAtTheTop
from nurture.stages import STAGE_SETS, translated

Fragment = dict[str, Any]
"""Tracks, rules and fields as a campaign file has them."""

_CHECKLIST: Final = (
    "Has the situation changed since we last spoke?",
    "What would help them decide?",
    "Is there another project that we could support?",
)


def with_stories(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a campaign with its stories written out, each rule of theirs before the campaign's own, which are wider.

    A story that is only named has its defaults. It is told in the stages of ``btob``; in a campaign of another model its tracks belong to
    the stages that stand for these. Raises pydantic.ValidationError for wrong settings.
    """
    if "stories" not in data:
        return data
    named = data["stories"]
    stories = Stories.model_validate(
        {story: {} if own is None else own for story, own in named.items()} if isinstance(named, dict) else named
    )
    written = {key: value for key, value in data.items() if key != "stories"}
    tracks, rules, fields = dict(data.get("tracks") or {}), list(data.get("rules") or ()), dict(data.get("fields") or {})
    model = data.get("stages") if data.get("stages") in [*STAGE_SETS] else "btob"
    first: list[Any] = []
    for name, write in _PLANS.items():
        settings = getattr(stories, name)
        if settings is not None:
            plan = write(settings, settings.back_to or data.get("start", ""))
            told = {track: plot | {"stage": translated(plot["stage"], model)} for track, plot in plan["tracks"].items()}
            tracks, fields = told | tracks, plan.get("fields", {}) | fields
            own = {rule.get("name") for rule in rules if isinstance(rule, dict)}
            first += [rule for rule in plan["rules"] if rule["name"] not in own]
    return written | {"tracks": tracks, "rules": [*first, *rules]} | ({"fields": fields} if fields else {})


def _stalled_after_proposal(story: StalledAfterProposal, back_to: str) -> Fragment:
    here, hold, again = "stalled_after_proposal", "long_hold_after_proposal", "follow_up_after_proposal"
    call = {
        "reason": here,
        "say": "They had everything and fell silent. Talk with them before anything else is sent; ask whether we may remind them.",
        "checklist": list(_CHECKLIST),
        "asks": ["may_remind", "remind_days"],
        "outcomes": ["nurture", "not_now", "won", "lost", "other_project", "other_contact", "no_answer"],
        "deadline": "2 working days",
    }
    wanted = "may_remind and days_since_touch + 1 >= remind_days"
    reminders = [step for letter in story.letters for step in ({"wait": str(story.every)}, {"email": letter, "if": wanted})]
    return {
        "fields": {"may_remind": "yes_no", "remind_days": "number"},
        "tracks": {
            here: {
                "stage": "consideration",
                "steps": [
                    {"task": call},
                    {"message": {"channel": "linkedin", "say": "Connect with them, without selling anything."}},
                    {"go": hold},
                ],
            },
            hold: {"stage": "consideration", "steps": [*(reminders or [{"wait": "180 days"}]), {"go": again}]},
            again: {"stage": "consideration", "steps": [{"task": call | {"reason": again, "deadline": "5 working days"}}, {"go": hold}]},
        },
        "rules": [{"name": here, "when": {"quiet_after": "proposal_sent", "for": str(story.after)}, "go": here}],
    }


def _everybody_gone(story: EverybodyGone, back_to: str) -> Fragment:
    here, colleagues, low = "everybody_gone", "ask_a_colleague", "low_frequency"
    letters = [step for place, letter in enumerate(story.letters) for step in ({"wait": f"{60 + 30 * place} days"}, {"email": letter})] or [
        {"wait": "120 days"}
    ]
    last_try = {
        "reason": low,
        "say": "They have been silent for long. Look once whether they are still there; there is no hurry.",
        "outcomes": ["nurture", "not_now", "lost", "bad_fit", "other_contact", "no_answer", "won"],
        "deadline": "10 working days",
    }
    return {
        "fields": {"relationship": "number"},
        "tracks": {
            here: {
                "stage": "interest",
                "steps": [
                    {
                        "task": {
                            "reason": here,
                            "say": "Call once, at another time of day than our letters went. How well do we know them, from 0 to 3?",
                            "asks": ["relationship"],
                            "outcomes": ["no_answer", "nurture", "not_now", "won", "lost", "bad_fit", "other_contact"],
                            "deadline": "3 working days",
                        }
                    },
                    {"go": back_to},
                ],
            },
            colleagues: {
                "stage": "interest",
                "steps": [
                    {"hours": "flip"},
                    {
                        "task": {
                            "reason": colleagues,
                            "say": "Ask a colleague there how things stand, and whether anybody else is interested: enter them as a lead.",
                            "outcomes": ["done", "other_contact", "nurture", "not_now", "lost", "won"],
                            "deadline": "5 working days",
                        }
                    },
                    {"branch": [{"if": f"relationship < {story.close}", "go": low}]},
                    {"message": {"channel": story.channel, "say": "A short personal word, and nothing to sell."}},
                    {"go": low},
                ],
            },
            low: {"stage": "interest", "steps": [*letters, {"task": last_try}, {"go": low}]},
        },
        "rules": [
            {"name": f"{here}_no_answer", "when": {"outcome": "no_answer"}, "in": [here], "go": colleagues},
            {"name": f"{here}_colleague", "when": {"outcome": "other_contact"}, "in": [colleagues], "go": low},
            {
                "name": here,
                "when": {"silence": str(story.after), "touches": story.touches},
                "if": f'track not in ["{here}", "{colleagues}", "{low}"]',
                "go": here,
            }
            | ({"in": list(story.watch)} if story.watch else {}),
        ],
    }


def _out_of_nowhere(story: OutOfNowhere, back_to: str) -> Fragment:
    here, large, small, after = "out_of_nowhere", "large_opportunity", "small_opportunity", "after_first_talk"
    answer = {
        "reason": here,
        "say": "They ask out of nowhere and probably compare. Answer at once; read below what they had looked at before.",
        "asks": ["size"],
        "checklist": [
            "Who are they, and what do they need?",
            "Whom else do they compare?",
            "What hurts today?",
            "Which details will decide?",
        ],
        "deadline": str(story.deadline),
    }
    research = {
        "reason": "research",
        "say": "Find out what the first talk left open, and write it down.",
        "checklist": ["Competitors in the race", "Needs and pain points", "Who decides, and by when"],
        "outcomes": ["done", "won", "lost", "bad_fit", "not_now", "nurture"],
        "deadline": "1 working day",
    }
    brief = research | {"reason": small, "say": "A small opportunity: one call settles what is open.", "deadline": "5 working days"}
    del brief["checklist"]
    leader = {
        "reason": large,
        "say": "A large opportunity came out of nowhere. Confirm that you know, and who takes care of it.",
        "to": "leader",
        "outcomes": ["done"],
        "deadline": "2 hours",
    }
    return {
        "fields": {"size": ["small", "medium", "large"]},
        "tracks": {
            here: {
                "stage": "consideration",
                "steps": [
                    {"task": answer},
                    {"branch": [{"if": 'size == "large"', "go": large}, {"if": 'size == "small"', "go": small}]},
                    {"go": after},
                ],
            },
            large: {"stage": "consideration", "steps": [{"task": leader}, {"go": after}]},
            small: {"stage": "consideration", "steps": [{"task": brief}, {"wait": "14 days"}, {"go": back_to}]},
            after: {"stage": "consideration", "steps": [{"task": research}, {"wait": "14 days"}, {"go": back_to}]},
        },
        "rules": [{"name": here, "when": "demo_requested", "if": f"history - visits <= {story.history}", "go": here}],
    }


def _stuck_at_the_top(story: StuckAtTheTop, back_to: str) -> Fragment:
    here, classified = "stuck_at_the_top", "why_stuck"
    personal = {
        "reason": here,
        "say": "Write or call as a person: from now on you are whom they can ask. Why do they not go on?",
        "named": True,
        "asks": ["why_stuck"],
        "outcomes": ["done", "won", "not_now", "nurture", "lost", "bad_fit", "other_contact"],
        "deadline": "3 working days",
    }
    deeper = {
        "reason": "specific_need",
        "say": "They work on something specific. Offer a talk about just that.",
        "to": "owner",
        "deadline": "3 working days",
    }
    stuck = f"downloads_top_alone >= {story.downloads}"
    return {
        "fields": {"why_stuck": ["specific_need", "timing", "window_shopper"]},
        "tracks": {
            here: {"stage": "interest", "steps": [{"task": personal}, {"go": classified}]},
            classified: {
                "stage": "interest",
                "steps": [
                    {
                        "branch": [
                            {"if": 'why_stuck == "specific_need"'},
                            {"if": 'why_stuck == "window_shopper"', "go": "window_shopper"},
                            {"go": back_to},
                        ]
                    },
                    {"task": deeper},
                    {"go": back_to},
                ],
            },
            "window_shopper": {"stage": "interest", "steps": [{"end": "window_shopper"}]},
        },
        "rules": [
            {
                "name": here,
                "when": {"becomes": f"{stuck} and subscribed and follows" if story.subscribes else stuck},
                "if": 'fit == "good"',
                "go": here,
            }
        ],
    }


def _beyond_the_machine(story: BeyondTheMachine, back_to: str) -> Fragment:
    takes_them = f" and clicks + seminars + downloads - downloads_top >= {story.reactions}" if story.reactions else ""
    here, meeting = "beyond_the_machine", "propose_a_meeting"
    made = {
        "reason": here,
        "say": "Prepare something for their trade, their company or their role alone, and attach where it lies.",
        "artefact": True,
        "outcomes": ["done", "won", "not_now", "nurture", "lost", "bad_fit", "other_contact"],
        "deadline": "5 working days",
    }
    proposed = {
        "reason": meeting,
        "say": "Propose to meet, with what was made for them. Set, declined, or no answer?",
        "outcomes": ["meeting_set", "declined", "no_answer", "won", "lost", "not_now"],
        "deadline": "5 working days",
    }
    return {
        "tracks": {
            here: {"stage": "interest", "steps": [{"task": made}, {"task": proposed}, {"go": back_to}]},
            "meeting_agreed": {
                "stage": "consideration",
                "steps": [
                    {"task": {"reason": "meeting", "say": "Hold the meeting, and say what came of it.", "deadline": "10 working days"}},
                    {"wait": "30 days"},
                    {"go": back_to},
                ],
            },
        },
        "rules": [
            {"name": "meeting_set", "when": {"outcome": "meeting_set"}, "in": [here], "go": "meeting_agreed"},
            {
                "name": here,
                "when": {"touches": story.touches},
                "if": f'demos == 0 and meetings == 0 and fit != "poor"{takes_them}',
                "go": here,
            }
            | ({"in": list(story.watch)} if story.watch else {}),
        ],
    }


_PLANS: Final[Mapping[str, Callable[[Any, str], Fragment]]] = {
    "stalled_after_proposal": _stalled_after_proposal,
    "everybody_gone": _everybody_gone,
    "out_of_nowhere": _out_of_nowhere,
    "stuck_at_the_top": _stuck_at_the_top,
    "beyond_the_machine": _beyond_the_machine,
}
