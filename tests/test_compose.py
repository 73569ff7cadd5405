"""The production-like description is valid, asks for every setting and invents none, and keeps in step with .env.example and the image."""

import re
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from local.processes import tool
from settings import Settings, SettingsError, read_settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"
SECRETS = {"POSTGRES_PASSWORD", "LINK_SECRET"}
DESCRIBED: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
SERVICES: dict[str, dict[str, Any]] = DESCRIBED["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("sodate")}
KNOWN = {name.upper(): field for name, field in Settings.model_fields.items()}
_ASSIGNED = re.compile(r"^(?P<comment># )?(?P<name>[A-Z_]+)=(?P<value>.*)$")


def said_in_the_example() -> dict[str, tuple[str, str, bool]]:
    """Each name of .env.example with its value, the line above it, and whether it must be set there."""
    lines = EXAMPLE.read_text().splitlines()
    found = ((above, _ASSIGNED.match(line)) for above, line in zip(["", *lines], lines, strict=False))
    return {match["name"]: (match["value"].strip('"'), above.removeprefix("# "), not match["comment"]) for above, match in found if match}


def check_schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_description_is_valid_compose() -> None:
    checked = check_schema(COMPOSE)

    assert checked.returncode == 0, checked.stdout


def test_an_invalid_description_would_be_noticed(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchek:"))

    assert check_schema(broken).returncode == 1


def test_every_process_of_ours_is_described() -> None:
    assert set(OURS) == {"migrations", "worker", "web"}


@pytest.mark.parametrize("name", OURS)
def test_no_process_is_given_a_setting_that_does_not_exist(name: str) -> None:
    unknown = {setting for setting in OURS[name]["environment"] if setting not in KNOWN and not setting.startswith("TEMPORAL_")}

    assert not unknown


@pytest.mark.parametrize("name", ["worker", "web"])
def test_every_setting_reaches_worker_and_web(name: str) -> None:
    assert set(KNOWN) <= set(OURS[name]["environment"])


@pytest.mark.parametrize("name", ["worker", "web"])
def test_what_must_be_set_stops_the_start_and_what_need_not_has_the_same_default(name: str) -> None:
    given = OURS[name]["environment"]

    for setting, field in KNOWN.items():
        if field.is_required():
            assert ":?" in given[setting], f"{setting} must be asked for"
        else:
            default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert given[setting] == f"${{{setting}:-{default}}}"


def test_no_secret_is_in_the_description() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|PWD|SECRET|KEY", name):
                assert re.fullmatch(r"\$\{[A-Z_]+:(\?.+|-)\}", value), f"{name} must come from outside"


def test_every_image_is_pinned() -> None:
    for name, service in SERVICES.items():
        if name not in OURS:
            assert re.search(r":v?\d+\.\d+[\w.-]*$", service["image"]), f"{service['image']} is not pinned"


def test_every_server_is_waited_for_until_it_is_healthy_and_every_errand_until_it_is_done() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            is_errand = SERVICES[other]["restart"].startswith("on-failure")
            assert how["condition"] == ("service_completed_successfully" if is_errand else "service_healthy")
            assert is_errand or "healthcheck" in SERVICES[other]


def test_a_worker_can_run_many_times() -> None:
    assert "container_name" not in OURS["worker"]
    assert "ports" not in OURS["worker"]


@pytest.mark.parametrize("name", OURS)
def test_our_processes_may_do_nothing_but_their_work(name: str) -> None:
    assert (OURS[name]["read_only"], OURS[name]["cap_drop"], OURS[name]["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])


def test_nothing_is_reachable_from_outside_the_machine_without_a_proxy() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_holds_every_room_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    sent = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {source for line in lines if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]}
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"local", "rehearsal", "demo", "benchmarks", "docs"}

    assert rooms | {"migrations", "email_templates", "settings.py", "worker.py", "starter.py"} <= copied
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]


def test_the_example_lists_every_setting_with_what_it_is_for() -> None:
    example = said_in_the_example()

    assert {name: example[name][1] for name in KNOWN} == {name: field.description for name, field in KNOWN.items()}


def test_the_example_lists_everything_that_the_description_asks_for_and_nothing_else() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE.read_text()))
    listed = {name for name in said_in_the_example() if not name.startswith("TEMPORAL_")}

    assert listed == asked | set(KNOWN)


def test_the_example_is_complete_but_for_its_secrets() -> None:
    example = said_in_the_example()
    empty = {name for name, (value, _, must) in example.items() if must and not value}

    assert empty == SECRETS
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value for name, (value, _, must) in example.items() if must})
    assert {line.split()[0] for line in str(refused.value).splitlines()[1:]} == SECRETS - {"POSTGRES_PASSWORD"}


def test_the_example_shows_the_defaults_as_they_are() -> None:
    filled_in = {name: value or "only for this test" for name, (value, _, must) in said_in_the_example().items() if must}
    shown = {name: value for name, (value, _, must) in said_in_the_example().items() if not must and name in KNOWN}

    assert read_settings(filled_in | shown) == read_settings(filled_in)


def test_migrations_need_the_database_and_nothing_else(empty_database_url: str) -> None:
    assert set(OURS["migrations"]["environment"]) == {"DATABASE_URL"}
    command = [tool(OURS["migrations"]["command"][0]), *OURS["migrations"]["command"][1:]]

    migrated = subprocess.run(command, cwd=ROOT, env={"DATABASE_URL": empty_database_url}, capture_output=True, text=True, check=False)

    assert migrated.returncode == 0, migrated.stderr


def test_the_web_apps_command_exists() -> None:
    factory = next(part for part in OURS["web"]["command"] if ":" in part and part.startswith("web."))
    module, _, name = factory.partition(":")

    assert callable(getattr(import_module(module), name))
