"""The `dondoc` command: every command's name, help and place."""

import os
import sys

import typer

from cli.assignments import assignments, deadlines, directives, plans, runs, silences
from cli.delivery import message_log, outbox
from cli.operation import accounts, audit, databases, parts, running
from cli.output import refuse
from cli.reports import boards, calendars, documents, workbooks
from config.errors import Refused

app = typer.Typer(
    help=(
        "dondoc (đôn đốc): giao việc, theo dõi thời hạn và nhắc việc giữa các cơ quan. "
        "Follows a directive through: assigns, tracks deadlines, alerts."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(plans.app, name="plan")
app.command("due", epilog=deadlines.RULES)(deadlines.due_command)
app.add_typer(directives.app, name="directive")
app.command("run")(runs.run_command)
app.add_typer(assignments.app, name="assignment")
app.command("board")(boards.board_command)
app.command("review")(boards.review_command)
app.command("calendar")(calendars.calendar_command)
app.command("notices")(outbox.notices_command)
app.command("messages")(message_log.messages_command)
app.command("mailbox")(outbox.mailbox_command)
app.command("deliver")(outbox.deliver_command)
app.add_typer(outbox.channels, name="channels")
app.add_typer(silences.app, name="silence")
app.add_typer(workbooks.app, name="workbook")
app.add_typer(documents.app, name="document")
app.add_typer(accounts.user, name="user")
app.add_typer(accounts.token, name="token")
app.add_typer(accounts.door, name="door")
app.add_typer(audit.app, name="audit")
app.command("backup")(databases.backup_command)
app.command("restore")(databases.restore_command)
app.add_typer(databases.app, name="db")
app.command("up")(running.up_command)
app.command("portal")(running.portal_command)
app.add_typer(parts.app, name="part")
app.command("demo")(running.demo_command)


def main() -> None:
    """Entry point: 0 done, 1 refused with reasons, 2 wrong usage."""
    # The database and the local mailbox hold links that open doors: what we write is for nobody else on this machine.
    os.umask(0o077)
    try:
        app()
    except Refused as refused:
        refuse(refused)
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        sys.stderr.close()


if __name__ == "__main__":
    main()
