"""Options that several commands share. A help is "Vietnamese. / English.", see ``cli.help``."""

import typer

JSON = typer.Option(False, "--json", help="In kết quả dạng JSON, cho chương trình. / Print JSON, for programs.")

AS_OF = typer.Option(
    None,
    "--as-of",
    metavar="ISO",
    help="Xem hoặc làm như vào thời điểm này, ví dụ 2023-08-18T07:30. / View or act as of this time, e.g. "
    "2023-08-18T07:30.",
)

DIRECTIVE = typer.Option(
    None,
    "--directive",
    metavar="CODE",
    help="Mã chỉ đạo (code trong directive.yaml); để trống: chỉ đạo của kho."
    " / Code of the directive (in directive.yaml); the main directive by default.",
)

OFFICE = typer.Option(None, "--office", help="Mã cơ quan. / Code of the office.")
PRIORITY = typer.Option(None, "--priority", help="Nhiệm vụ trọng tâm, ví dụ p1. / Priority task, e.g. p1.")
SUBTASK = typer.Option(None, "--subtask", help="Mã việc, ví dụ T2.3. / Code of the subtask, e.g. T2.3.")
PERIOD = typer.Option(None, "--period", metavar="KEY", help="Kỳ, ví dụ 2023-Q4. / Period, e.g. 2023-Q4.")
ROLE = typer.Option(None, "--role", help="lead chủ trì, coordinating phối hợp. / lead or coordinating.")
STATUS = typer.Option(
    None,
    "--status",
    help="Tình trạng (done_on_time, done_late, open_within_term, open_overdue) hoặc trạng thái (assigned, acknowledged,"
    " reported, returned, accepted, suspended, withdrawn). / Status (done_on_time, done_late, open_within_term,"
    " open_overdue) or state (assigned, acknowledged, reported, returned, accepted, suspended, withdrawn).",
)
REASON = typer.Option(..., "--reason", help="Lý do, một câu ngắn. / The reason, in a short sentence.")
URGENCY_HELP = (
    "Độ khẩn: normal thường, urgent khẩn, very_urgent thượng khẩn, express hỏa tốc."
    " / Urgency: normal, urgent, very_urgent or express."
)
