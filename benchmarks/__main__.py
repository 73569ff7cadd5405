"""``make bench``: every benchmark, one after the other, each in a process of its own."""

import subprocess
import sys

for name in ("journey", "enroll"):
    if code := subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
        raise SystemExit(code)
