"""The command `salesdesk`: reads the clock, the settings and the terminal, so that nothing below has to."""

from __future__ import annotations

import os
import sys

from pipelines.cli import published
from pipelines.errors import SalesdeskError


def main() -> None:
    """Run the command line; end with the documented exit code and never with a traceback for bad data."""
    from pipelines.cli.app import app

    published.spare(sys.argv[1:])
    try:
        app()
    except SalesdeskError as error:
        _refuse(error)
    except BrokenPipeError:
        # the reader of our output has gone, as `| head` does: not an error, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(f"salesdesk: the system refused: {error}", file=sys.stderr)
        print(
            "  next:     free space or mend permissions, then run again; what was published stands",
            file=sys.stderr,
        )
        sys.exit(2)
    except published.database_errors() as error:
        _refuse(published.as_told(error))


def _refuse(error: SalesdeskError) -> None:
    print(f"salesdesk: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
