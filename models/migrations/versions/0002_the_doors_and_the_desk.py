"""The doors of offices and accounts, and what the coordinator's desk needs."""

import sqlalchemy as sa
from alembic import op

from config.text.suggestions import without_accents

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("office", sa.String(32), nullable=True),
        sa.Column("role", sa.String(32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_token_sha256")),
    )
    op.create_table(
        "office_door",
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("links_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_office_door")),
    )
    op.create_table(
        "calendar_door",
        sa.Column("feed", sa.String(32), nullable=False),
        sa.Column("links_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_calendar_door")),
    )
    op.create_table(
        "ended_session",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_ended_session")),
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(32), nullable=True),
        sa.Column("subtask", sa.String(16), nullable=True),
        sa.Column("period", sa.String(100), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("post", sa.String(100), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sessions_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "report_draft",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_report_draft_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_report_draft")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(150), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_attachment_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_attachment_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_assignment_id", "attachment", ["assignment_id"], unique=False)
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"], unique=False)

    op.add_column("anchor", sa.Column("plain_title", sa.String(), nullable=False, server_default=""))
    anchor = sa.table("anchor", sa.column("id"), sa.column("title"), sa.column("plain_title"))
    for number, title in op.get_bind().execute(sa.select(anchor.c.id, anchor.c.title)).all():
        plain = {"plain_title": without_accents(title)}
        op.execute(anchor.update().where(anchor.c.id == number).values(plain))

    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("result", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_attempt_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index("ix_delivery_attempt_message_id", "delivery_attempt", ["message_id"], unique=False)

    op.add_column("assignment", sa.Column("delegated_to", sa.String(100), nullable=False, server_default=""))
    op.add_column("assignment", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("assignment", sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("extension", sa.Column("submission", sa.String(64), nullable=True))
    op.create_index("uq_extension_submission", "extension", ["submission"], unique=True)

    op.add_column("report", sa.Column("submission", sa.String(64), nullable=True))
    for name in ("difficulties", "proposals"):
        op.add_column("report", sa.Column(name, sa.String(3000), nullable=False, server_default=""))
    op.create_index("uq_report_submission", "report", ["submission"], unique=True)

    op.drop_index("ix_assignment_office_state", "assignment")
    op.drop_index("ix_assignment_priority_state_due", "assignment")
    op.create_index(
        "ix_assignment_office_work", "assignment", ["office", "state", "due_at", "completed_at", "id"], unique=False
    )
    op.create_index(
        "ix_assignment_board",
        "assignment",
        ["state", "priority", "office", "subtask", "due_at", "reported_at", "role", "anchor_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_by_due",
        "assignment",
        ["due_at", "subtask", "id", "state", "priority", "office", "role", "reported_at", "anchor_id"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_monitored",
        "assignment",
        ["monitor_office", "due_at", "id", "office", "subtask", "anchor_id", "state"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('accepted', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('accepted', 'withdrawn')"),
    )
    op.create_index(
        "ix_assignment_rungs_passed",
        "assignment",
        ["timetable_id"],
        unique=False,
        sqlite_where=sa.text("rung_done > 0 AND completed_at IS NULL"),
        postgresql_where=sa.text("rung_done > 0 AND completed_at IS NULL"),
    )
    op.create_index("ix_timetable_rung_fire_at", "timetable_rung", ["fire_at"], unique=False)
    op.create_index(
        "ix_report_waiting",
        "report",
        ["submitted_at", "assignment_id"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.add_column("message", sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_message_given_up",
        "message",
        ["taken_up_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead' AND taken_up_at IS NULL"),
        postgresql_where=sa.text("state = 'dead' AND taken_up_at IS NULL"),
    )
    op.create_index(
        "ix_message_dead",
        "message",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index("ix_message_counted", "message", ["urgency", "state"], unique=False)
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index("ix_notice_waiting", "notice")
    op.drop_index("ix_message_counted", "message")
    op.drop_index("ix_message_dead", "message")
    op.drop_index("ix_message_given_up", "message")
    op.drop_column("message", "taken_up_at")
    op.drop_index("ix_report_waiting", "report")
    op.drop_index("ix_assignment_monitored", "assignment")
    op.drop_index("ix_timetable_rung_fire_at", "timetable_rung")
    op.drop_index("ix_assignment_rungs_passed", "assignment")
    op.drop_index("ix_assignment_by_due", "assignment")
    op.drop_index("ix_assignment_board", "assignment")
    op.drop_index("ix_assignment_office_work", "assignment")
    op.create_index("ix_assignment_priority_state_due", "assignment", ["priority", "state", "due_at"], unique=False)
    op.create_index("ix_assignment_office_state", "assignment", ["office", "state"], unique=False)

    op.drop_column("report", "proposals")
    op.drop_column("report", "difficulties")
    op.drop_index("uq_report_submission", "report")
    op.drop_column("report", "submission")

    op.drop_index("uq_extension_submission", "extension")
    op.drop_column("extension", "submission")

    op.drop_column("assignment", "resumed_at")
    op.drop_column("assignment", "suspended_at")
    op.drop_column("assignment", "delegated_to")
    op.drop_column("anchor", "plain_title")

    op.drop_index("ix_delivery_attempt_message_id", "delivery_attempt")
    op.drop_table("delivery_attempt")

    op.drop_index("ix_attachment_sha256", "attachment")
    op.drop_index("ix_attachment_assignment_id", "attachment")

    op.drop_table("attachment")
    op.drop_table("report_draft")
    op.drop_table("user_account")
    op.drop_table("silence")
    op.drop_table("ended_session")
    op.drop_table("calendar_door")
    op.drop_table("office_door")
    op.drop_table("api_token")
