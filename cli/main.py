"""The `dondoc` command."""

import os
import sys
from importlib.metadata import version
from os import PathLike

import typer

from cli.arguments import refuse_unusable
from cli.help import LazyGroup, refuse
from cli.terminal import print_readably
from config.disk import disk_fault
from config.errors import Refused

app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"dondoc {version('dondoc')}")
        raise typer.Exit


@app.callback()
def dondoc(
    _version: bool = typer.Option(
        False,
        "--version",
        callback=_print_version,
        is_eager=True,
        help="In phiên bản rồi dừng. / Print the version and stop.",
    ),
) -> None:
    """dondoc (đôn đốc): giao việc, theo dõi thời hạn và nhắc việc giữa các cơ quan. / dondoc follows up directives: it
    assigns work to offices, tracks deadlines and sends reminders.
    """


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 refused with reasons, 2 wrong usage."""
    # The database and the local mailbox hold links that open doors: only this user may read what is written.
    os.umask(0o077)
    print_readably()
    try:
        refuse_unusable(sys.argv[1:])
        app()
    except Refused as refused:
        refuse(refused)
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        sys.stderr.close()
    except OSError as fault:
        if disk := disk_fault(fault):
            refuse(disk)
        if isinstance(fault.filename, str | PathLike):
            refuse(
                Refused(
                    f"Không mở được tệp «{fault.filename}»: {fault.strerror}; kiểm tra đường dẫn.",
                    f"Cannot open {fault.filename}: {fault.strerror}.",
                )
            )
        raise


if __name__ == "__main__":
    main()
