"""Every command of `dondoc`: its name, where it is defined, and one sentence about it in each language.

The list of commands is shown from this table alone. A module is imported when its command runs: importing all of
them takes seconds. The sentence stands here and nowhere else.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True)
class CommandEntry:
    """A command or group of commands.

    place   "module:attribute" of a function, or of a ``typer.Typer`` with the commands of a group
    help    Vietnamese and English, as ``cli.help`` takes them apart
    epilog  name of a text in the same module that stands below the options; "" for none
    """

    name: str
    place: str
    help: str
    epilog: str = ""

    def load(self) -> TyperCommand | TyperGroup:
        """Import the module and build the command."""
        module, _, attribute = self.place.partition(":")
        found: Any = getattr(import_module(module), attribute)
        parent = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        parent.callback()(_nothing)
        if isinstance(found, typer.Typer):
            parent.add_typer(found, name=self.name, help=self.help, no_args_is_help=True)
        else:
            epilog = getattr(import_module(module), self.epilog) if self.epilog else None
            parent.command(self.name, help=self.help, epilog=epilog)(found)
        group = get_command(parent)
        assert isinstance(group, TyperGroup)
        command = group.commands[self.name]
        assert isinstance(command, TyperCommand | TyperGroup)
        return command


def _nothing() -> None:
    """Makes Typer build a group even of one command."""


COMMANDS = (
    CommandEntry(
        "plan",
        "cli.assignments.plans:app",
        "Kế hoạch: chỉ đạo, nhiệm vụ, cơ quan, thời hạn. / The plan: directives, tasks, offices, deadlines.",
    ),
    CommandEntry(
        "due",
        "cli.assignments.deadlines:due_command",
        "Tính thời hạn theo một quy tắc và giải thích. / Work out a deadline by a rule and explain it.",
        epilog="RULES",
    ),
    CommandEntry(
        "directive",
        "cli.assignments.directives:app",
        "Đăng ký văn bản giao việc, văn bản mới, sự kiện làm mốc tính hạn."
        " / Register the documents and events that deadlines are counted from.",
    ),
    CommandEntry(
        "run",
        "cli.assignments.runs:run_command",
        "Chạy luồng của một nhiệm vụ trọng tâm: giao, theo dõi, nhắc, công bố."
        " / Run the flow of a priority task: assign, track, notify, publish.",
    ),
    CommandEntry(
        "assignment",
        "cli.assignments.actions:app",
        "Các việc đã giao: xem, tiếp nhận, báo cáo, quyết định. / Assignments: list, acknowledge, report, decide.",
    ),
    CommandEntry(
        "office",
        "cli.assignments.offices:app",
        "Danh bạ cơ quan: thêm, đổi tên, sáp nhập, chia tách, kết thúc."
        " / The register of offices: add, rename, merge, split, end.",
    ),
    CommandEntry(
        "holidays",
        "cli.assignments.holidays:app",
        "Ngày nghỉ, hoán đổi theo thông báo, và đổi hạn theo đó."
        " / Days off and swaps by official notice, and moving due dates by them.",
    ),
    CommandEntry(
        "board",
        "cli.reports.boards:board_command",
        "Bảng theo dõi: số việc theo tình trạng, việc quá hạn, hạn sắp tới."
        " / The board: counts by status, what is overdue, what is due next.",
    ),
    CommandEntry(
        "review",
        "cli.reports.boards:review_command",
        "Sơ kết một năm, so với năm trước. / Review a year against the year before.",
    ),
    CommandEntry(
        "calendar",
        "cli.reports.calendars:calendar_command",
        "Lịch các hạn (.ics), hoặc địa chỉ để Outlook, Google, Thunderbird tự tải."
        " / Deadlines as a calendar (.ics), or the address from which calendar programs fetch it.",
    ),
    CommandEntry(
        "notices",
        "cli.delivery.outbox:notices_command",
        "Các nội dung nhắc: chờ gửi, đã gửi, được thay thế, bị hủy. / Notices: waiting, sent, superseded, cancelled.",
    ),
    CommandEntry(
        "messages",
        "cli.delivery.message_log:messages_command",
        "Nhật ký gửi: thư, tin nhắn, từng lần thử, kết quả. / The delivery log: messages, attempts, results.",
    ),
    CommandEntry(
        "mailbox",
        "cli.delivery.outbox:mailbox_command",
        "Hộp thư tại chỗ: thư được ghi thành tệp khi chưa cấu hình kênh nào."
        " / The local mailbox: mail written to files while no channel is configured.",
    ),
    CommandEntry(
        "deliver",
        "cli.delivery.outbox:deliver_command",
        "Gửi những gì đang chờ. / Send what is waiting.",
    ),
    CommandEntry(
        "channels",
        "cli.delivery.outbox:channels",
        "Kênh liên hệ của từng cơ quan. / The channels over which each office is reached.",
    ),
    CommandEntry(
        "silence",
        "cli.assignments.silences:app",
        "Tạm ngừng nhắc việc. / Hold reminders back for a while.",
    ),
    CommandEntry(
        "workbook",
        "cli.reports.workbooks:app",
        "Bảng Excel: xuất ra, lấy mẫu để điền, nhập vào. / Excel tables: export, get a form, import.",
    ),
    CommandEntry(
        "document",
        "cli.reports.documents:app",
        "Văn bản Word và PDF: báo cáo, phiếu giao việc, văn bản đôn đốc."
        " / Word and PDF documents: reports, assignment slips, reminder letters.",
    ),
    CommandEntry(
        "user",
        "cli.operation.accounts:user",
        "Tài khoản của cơ quan đôn đốc và lãnh đạo. / Accounts of coordinators and managers.",
    ),
    CommandEntry(
        "token",
        "cli.operation.accounts:token",
        "Khóa cho chương trình khác gọi vào. / Keys for other programs.",
    ),
    CommandEntry(
        "door",
        "cli.operation.accounts:door",
        "Đường dẫn riêng của từng cơ quan. / The links to each office's own page.",
    ),
    CommandEntry(
        "audit",
        "cli.operation.audit:app",
        "Soát lại nhật ký và việc nhắc. / Check the audit trail and the follow-up.",
    ),
    CommandEntry(
        "backup",
        "cli.operation.databases:backup_command",
        "Sao lưu tất cả vào một tệp, cả khi đang chạy. / Back everything up into one file, also while dondoc runs.",
    ),
    CommandEntry(
        "restore",
        "cli.operation.databases:restore_command",
        "Khôi phục từ tệp sao lưu vào kho dữ liệu còn trống. / Restore a backup into an empty store.",
    ),
    CommandEntry(
        "db",
        "cli.operation.databases:app",
        "Chép sang cơ sở dữ liệu khác. / Copy into another database.",
    ),
    CommandEntry(
        "up",
        "cli.operation.running:up_command",
        "Khởi động tất cả: máy chủ Prefect, các luồng, trang đôn đốc, việc gửi; Ctrl-C để dừng."
        " / Start everything: Prefect, the flows, the portal, delivery; Ctrl-C stops it.",
    ),
    CommandEntry(
        "portal",
        "cli.operation.running:portal_command",
        "Chỉ mở trang đôn đốc, không có Prefect; Ctrl-C để dừng."
        " / Serve the portal only, without Prefect; Ctrl-C stops it.",
    ),
    CommandEntry(
        "part",
        "cli.operation.parts:app",
        "Từng tiến trình của dondoc chạy trên nhiều máy. / One process of a dondoc that runs on several machines.",
    ),
    CommandEntry(
        "demo",
        "cli.operation.running:demo_command",
        "Diễn lại từ 17/8 đến 31/12/2023 bằng các luồng thật, trên kho tạm."
        " / Replay 17/8 to 31/12/2023 with the real flows, on a temporary store.",
    ),
)
