"""``forecast`` as it is typed: its numbers, its page, and what it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from commands.app import app

ROOT = Path(__file__).parents[2]
WELCOME = str(ROOT / "campaigns" / "welcome.yaml")
USUAL = [WELCOME, "--leads", "60", "--years", "0.3", "--from", "2040-03-05"]


def forecast(*words: str) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, ["forecast", *words], env={"COLUMNS": "140"})
    return ended.exit_code, ended.stdout, ended.stderr


def test_the_same_seed_gives_the_same_bytes_of_numbers_and_another_gives_others(tmp_path: Path) -> None:
    for folder, seed in (("one", "1"), ("again", "1"), ("other", "2")):
        assert forecast(*USUAL, "--seed", seed, "--csv", str(tmp_path / folder))[0] == 0

    one, again, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "again", "other"))
    assert set(one) == {f"{name}.csv" for name in ("mails", "tasks", "stages", "letters", "tracks", "handoffs")}
    assert one == again
    assert one != other


def test_the_page_stands_by_itself(tmp_path: Path) -> None:
    code, _, said = forecast(*USUAL, "--html", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")

    assert (code, said) == (0, "")
    assert page.count("<svg") == 4
    assert "src=" not in page
    assert "<link" not in page
    assert "<script" not in page


def test_programs_get_the_figures_as_json() -> None:
    code, said, _ = forecast(*USUAL, "--json")

    told = json.loads(said)
    assert code == 0
    assert told["asked_for"] == 60
    assert len(told["mails"]) == told["days"] == 110
    assert "customer" in told["beyond"] or told["contracts"]["won"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([WELCOME, "--leads", "5", "--from", "soon"], "--from soon: this is not a day; write it like 2027-04-01"),
        (["nowhere.yaml", "--leads", "5"], "nowhere.yaml: there is no such file; see if its name is right"),
        ([WELCOME, "--leads", "5", "--assume", "nowhere.yaml"], "nowhere.yaml: No such file or directory"),
        ([WELCOME, "--leads", "5", "--years", "0.05", "--csv", "/dev/null/here"], "--csv /dev/null/here"),
    ],
)
def test_what_is_wrong_is_refused_with_place_and_fix(words: list[str], said: str) -> None:
    code, out, err = forecast(*words)

    assert code == 1
    assert said in err.replace("\n", " ")
    assert out == ""


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_bytes(Path(WELCOME).read_bytes())

    code, _, err = forecast(WELCOME, str(copy), "--leads", "5")

    assert code == 1
    assert "'welcome' is also the name of another of these campaigns" in err.replace("\n", " ")


def test_a_campaign_that_the_assumptions_name_must_be_given(tmp_path: Path) -> None:
    rates = tmp_path / "rates.yaml"
    rates.write_text("campaigns:\n  welcom: 1\n", encoding="utf-8")

    code, _, err = forecast(*USUAL, "--assume", str(rates))

    assert code == 1
    assert "rates.yaml:2: the campaign 'welcom' is not among the files; did you mean 'welcome'?" in err.replace("\n", "")


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_ends_it_quietly_and_leaves_no_process_behind() -> None:
    command = [sys.executable, "starter.py", "forecast", WELCOME, "--leads", "1000000", "--workers", "2"]
    # Where the tests run in the background of a shell, Ctrl-C is ignored, and who is started there ignores it too.
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=_hear_ctrl_c
    ) as started:
        children: list[psutil.Process] = []
        while len(children) < 2:  # the workers
            time.sleep(0.05)
            children = psutil.Process(started.pid).children()
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate(timeout=60)

    assert started.returncode == 130
    assert (out, err) == (b"", b"Stopped.\n")
    assert not psutil.wait_procs(children, timeout=10)[1]
