"""The front door for marketing operations: check campaigns, take leads in, start, look, record, and see that no lead is forgotten."""

import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper


def main() -> int:
    """Carry out one command and give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show must not end the command
    try:
        gc.disable()  # nothing becomes garbage while all is loaded
        from commands.app import app  # here, so that Ctrl-C during the second that this takes ends as quietly as later

        gc.freeze()
        gc.enable()
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    # An interpreter that used the Temporal client can abort while it tears itself down.
    os._exit(code)
