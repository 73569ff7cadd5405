"""The forms of a campaign, as a site pastes them."""

from nurture.plan.campaign import Campaign
from nurture.plan.snippet import LANGUAGES, form_lines, script_lines
from web.sites import INTEGRITY


def pasted_forms(campaign: Campaign, base: str) -> dict[str, str]:
    """The lines of each form by its name, in the campaign's language where there are words for it. ``base`` is our address."""
    language = _language_of(campaign)
    return {name: form_lines(base, name, form, campaign.fields, language) for name, form in campaign.forms.items()}


def pasted_once(campaign: Campaign, base: str) -> str:
    """The lines for every page of the site."""
    return script_lines(base, INTEGRITY, _language_of(campaign))


def _language_of(campaign: Campaign) -> str:
    return campaign.language if campaign.language in LANGUAGES else LANGUAGES[0]
