"""Campaign files on disk: what marketing has written, before it is started."""

from pathlib import Path

from nurture.plan.campaign import Campaign
from nurture.plan.problems import CampaignError, Problem
from nurture.plan.source import LARGEST, too_large
from nurture.reading.language import read_campaign


def read_campaign_file(path: str | Path) -> tuple[Campaign, str]:
    """Read a campaign file and give its text too. Raises CampaignError, also when there is no such file or it is not UTF-8."""
    file = str(path)
    try:
        with open(path, "rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise CampaignError([Problem(file=file, line=0, what="there is no such file", fix="see if its name is right")]) from None
    except (OSError, ValueError) as wrong:
        what = f"the file cannot be read: {getattr(wrong, 'strerror', None) or wrong}"
        raise CampaignError([Problem(file=file, line=0, what=what, fix="give the name of a campaign file that you may read")]) from None
    return read_campaign_bytes(content, file)


def read_campaign_bytes(content: bytes, file: str) -> tuple[Campaign, str]:
    """The same for what is in a file. Raises CampaignError, also when it is not UTF-8."""
    if len(content) > LARGEST:
        raise too_large(file)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise CampaignError([Problem(file=file, line=line, what="this is not UTF-8", fix="save the file as UTF-8")]) from None
    return read_campaign(text, file), text
