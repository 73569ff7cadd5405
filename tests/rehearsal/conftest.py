"""A rehearsal that was played once, for everybody who looks at what came of it; and a small campaign with letters of its own."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from rehearsal.diary import Rehearsal
from rehearsal.personas import presets, read_script
from rehearsal.stage import Part, Plan, rehearse
from rehearsal.world import house
from store.campaigns.files import read_campaign_file

ROOT = Path(__file__).parents[2]
FIRST = date(2040, 4, 2)

_SCRIPT = """
about: somebody in San Francisco whose days are written down
lead: {given_name: Grace, company: Grace Cooling Inc, country: US, zone: America/Los_Angeles, language: en, fit: good}
does:
  - 2040-04-05 14:30: downloaded planning_guide
  - 2040-05-02: opted_out
"""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """Four months of the sample campaign 'welcome' with four leads in it; whoever looks changes nothing."""
    script = tmp_path_factory.mktemp("scripts") / "grace.yaml"
    script.write_text(_SCRIPT, encoding="utf-8")
    campaigns = {name: read_campaign_file(ROOT / "campaigns" / f"{name}.yaml")[0] for name in ("welcome", "customer")}
    plan = Plan(file="welcome.yaml", campaign=campaigns["welcome"], others=[campaigns["customer"]], templates=ROOT / "email_templates")
    cast = [*(presets()[name] for name in ("silent", "eager", "absent")), read_script(script)]

    async def play() -> Rehearsal:
        async with house() as here:
            return await rehearse(here, plan, [Part(persona=persona, since=FIRST, days=120) for persona in cast], own_sender=False)

    return asyncio.run(play())


_SMALL = """
    campaign: small
    topic: news
    start: educate
    tracks:
      educate:
        stage: interest
        steps:
          - email: hello
          - wait: 4 days
          - email: more
          - task: {reason: call, say: Call them., outcomes: [nurture, lost], deadline: 2 working days}
    rules: []
"""


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small campaign with its letters and gives its file; ``old`` is replaced by ``new`` in the campaign."""

    def write(old: str = "", new: str = "", *, folder: str = "campaigns") -> Path:
        file = tmp_path / folder / "small.yaml"
        (file.parent / "rehearsals").mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(_SMALL).replace(old, new) if old else dedent(_SMALL), encoding="utf-8")
        letters = tmp_path / "letters"
        (letters / "small").mkdir(parents=True, exist_ok=True)
        for shared in ("layout.html", "layout.txt", "words.jinja"):
            (letters / shared).write_text((ROOT / "email_templates" / shared).read_text(encoding="utf-8"), encoding="utf-8")
        for name in ("hello", "more"):
            blocks = {"subject": name, "preheader": name, "html": f"<p>This is {name}.</p>", "text": f"This is {name}."}
            parts = "".join(f"{{% block {part} %}}{words}{{% endblock %}}\n" for part, words in blocks.items())
            (letters / "small" / f"{name}.en.html").write_text(f'{{% extends "layout.html" %}}\n{parts}', encoding="utf-8")
        return file

    return write
