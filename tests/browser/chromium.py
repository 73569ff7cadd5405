"""Finds the Chromium that pages are tested in, and installs one where there is none: `python tests/browser/chromium.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
"""Chromium without its windows, which opens a page for less than half of what the whole program takes."""

NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = """Pages are tested in Chromium, and this machine has none that runs. Do one of these, then try again:
  Debian:           apt-get install chromium-headless-shell        (as root)
  Ubuntu:           apt-get install chromium                       (as root)
  elsewhere:        install Chromium or Google Chrome
  any of them:      set CHROMIUM to the program's path"""


def chromium() -> Path | None:
    """Chromium on this machine: what CHROMIUM names, else the first in PATH that runs, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [path for name in NAMES if (path := shutil.which(name))]
    for path in found:
        if _succeeds(path, "--version"):
            return Path(path)
    return None if named else _playwrights_own()


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright  # here, because it takes longer than all the rest

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() and _succeeds(str(path), "--version") else None


def _install() -> None:
    """By the system's package manager where we may use it, because that brings the libraries along; else by Playwright."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        install = "apt-get", "install", "-qq", "--no-install-recommends"
        if _succeeds("apt-get", "update", "-qq") and (_succeeds(*install, SHELL) or _succeeds(*install, "chromium")):
            return
    _succeeds(sys.executable, "-m", "playwright", "install", "chromium")


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    if chromium() is None and "CHROMIUM" not in os.environ:
        sys.stderr.write("Installing Chromium, which pages are tested in: a minute or two, once ...\n")
        _install()
    if chromium() is None:
        sys.exit(MISSING)
