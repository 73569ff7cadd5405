"""How fast a forecast of two years is: leads a second, CPU seconds a lead, and the peak of memory, for 10,000 and 100,000 leads."""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import date
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.meter import machine
from forecast.assumptions import Arrivals, Assumptions
from forecast.many import all_lives
from forecast.tally import Counts
from forecast.world import World
from local.processes import ROOT
from nurture.reading.language import read_campaign

_FILES: Final = ("welcome", "customer")
_BEGINS_ON: Final = date(2040, 3, 5)


def world_of(*, all_at_start: bool) -> World:
    """Two sample campaigns for two years. Leads that are all there on the first day live the whole time, which costs most."""
    texts = {name: (ROOT / "campaigns" / f"{name}.yaml").read_text(encoding="utf-8") for name in _FILES}
    campaigns = {name: read_campaign(text, name) for name, text in texts.items()}
    assumed = Assumptions(arrivals=Arrivals(at_start=100)) if all_at_start else Assumptions()
    return World(campaigns=campaigns, assumed=assumed, seed=1, begins_on=_BEGINS_ON, days=730)


def measure(leads: int, workers: int, *, all_at_start: bool) -> dict[str, float]:
    """What one forecast takes, in this process and those that it starts."""
    began, counts = time.perf_counter(), Counts()
    for part in all_lives(world_of(all_at_start=all_at_start), leads, workers):
        counts.add(part)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "seconds": time.perf_counter() - began,
        "cpu": sum(one.ru_utime + one.ru_stime for one in used),
        "megabytes": max(one.ru_maxrss for one in used) / 1024,
        "mails": counts.mails.total(),
    }


def main() -> None:
    """Measure each in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--one", choices=("over_time", "at_start"), help="one measurement, as JSON")
    wanted = parser.parse_args()
    if wanted.one:
        json.dump(measure(wanted.leads[0], wanted.workers, all_at_start=wanted.one == "at_start"), sys.stdout)
        return
    table = Table(title=f"Forecasts of two years, {wanted.workers} processes; {machine()}")
    for column in ("leads", "they come", "seconds", "leads a second", "CPU ms a lead", "peak MB of a process", "mails"):
        table.add_column(column, justify="right")
    for leads in wanted.leads:
        for they_come in ("over_time", "at_start"):
            command = [sys.executable, "-m", "benchmarks.forecast", "--one", they_come, "--leads", str(leads)]
            told = subprocess.run([*command, "--workers", str(wanted.workers)], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
            took = json.loads(told)
            table.add_row(
                f"{leads:,}",
                they_come.replace("_", " "),
                f"{took['seconds']:,.1f}",
                f"{leads / took['seconds']:,.0f}",
                f"{1000 * took['cpu'] / leads:.2f}",
                f"{took['megabytes']:,.0f}",
                f"{took['mails']:,.0f}",
            )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
