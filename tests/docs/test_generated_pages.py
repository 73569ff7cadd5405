"""The pages that follow from the code say what the code says."""

import pytest

from docs import generate, sources
from settings import Settings


@pytest.mark.parametrize("page", generate.PAGES)
def test_a_generated_page_is_up_to_date(page: str) -> None:
    written = (generate.DOCS / page).read_text(encoding="utf-8")

    assert written == generate.PAGES[page](), f"docs/{page} is out of date: run make docs"


def test_every_mark_names_a_row_of_the_requirements() -> None:
    unknown = {row: tests for row, tests in sources.marks().items() if row not in sources.table()}

    assert not unknown


def test_marks_are_found_on_tests_of_every_kind() -> None:
    """The reader must not pass marks over: each that is written down in a test is on a page."""
    written = sum(
        path.read_text(encoding="utf-8").count("mark.requirement(")
        for path in (sources.ROOT / "tests").rglob("test_*.py")
        if path.parent.name != "docs"
    )
    found = {test for tests in sources.marks().values() for test in tests}

    assert found
    assert len(found) >= written


def test_the_table_of_requirements_is_whole() -> None:
    rows = sources.table()

    assert [int(row.partition("-")[2]) for row in rows] == list(range(1, 130))
    assert {row.partition("-")[0] for row in rows} == set(generate.SOURCES)
    assert {kind for kind, _ in rows.values()} == set(generate.CLASSES)
    assert all(text for _, text in rows.values())


def test_every_setting_is_documented() -> None:
    page = (generate.DOCS / "settings.md").read_text(encoding="utf-8")

    missing = [
        name.upper() for name, field in Settings.model_fields.items() if f"| `{name.upper()}` |" not in page or not field.description
    ]
    assert not missing


def test_every_command_and_each_of_its_options_is_documented_and_explained() -> None:
    page = (generate.DOCS / "commands.md").read_text(encoding="utf-8")

    commands = dict(sources.every_command())
    assert {"doctor", "campaign start", "leads import", "tasks complete"} <= commands.keys()
    for path, command in commands.items():
        section = page.partition(f"### {path}\n")[2].partition("\n### ")[0]
        assert command.help, f"'{path}' does not say what it does"
        for parameter in command.params:
            if parameter.name != "help":
                assert parameter.help, f"'{path}' does not explain {parameter.name}"
                assert parameter.help.replace("|", "&#124;") in section


def test_every_target_of_the_makefile_is_documented() -> None:
    page = (generate.DOCS / "commands.md").read_text(encoding="utf-8")

    assert {"demo", "up", "test", "docs"} <= sources.targets().keys()
    assert [name for name in sources.targets() if f"| `make {name}` |" not in page] == []
