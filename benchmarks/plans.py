"""The campaigns that leads are measured on."""

from typing import Final

from local.processes import ROOT
from nurture.plan.campaign import Campaign
from nurture.plan.track import Track
from store.campaigns.files import read_campaign_file

TOUCHES: Final = 5

_JOURNEY: Final = Track.model_validate(
    {
        "stage": "interest",
        "steps": [step for number in range(1, TOUCHES + 1) for step in ({"wait": "1 second"}, {"email": f"letter_{number}"})],
    }
)


def plain() -> Campaign:
    """Five letters a second apart, as on the floor; then the lead rests, as leads do between campaigns."""
    return Campaign.model_validate(
        {
            "campaign": "plain",
            "topic": "insights",
            "start": "educate",
            "window": {"always": True},
            "cap": {"touches": 0},
            "tracks": {"educate": _JOURNEY},
        }
    )


def ruled() -> Campaign:
    """The same five letters inside the real welcome campaign, so that all its rules are looked at on the way."""
    welcome, _ = read_campaign_file(ROOT / "campaigns" / "welcome.yaml")
    always = plain()
    return welcome.model_copy(
        update={"start": "educate", "window": always.window, "cap": always.cap, "tracks": {**welcome.tracks, "educate": _JOURNEY}}
    )


def sleeping() -> Campaign:
    """A lead that is enrolled and at once put to sleep for a month."""
    return Campaign.model_validate(
        {
            "campaign": "sleeping",
            "topic": "insights",
            "start": "rest",
            "tracks": {"rest": {"stage": "interest", "steps": [{"wait": "30 days"}, {"email": "hello"}]}},
        }
    )
