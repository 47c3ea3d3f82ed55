"""The store of the first day."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("subtask", sa.String(16), nullable=True),
        sa.Column("host_office", sa.String(32), nullable=True),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
        sa.UniqueConstraint("key", name=op.f("uq_anchor_key")),
    )
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject"], unique=False)

    audit_head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "contact",
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.PrimaryKeyConstraint("office", "desk", name=op.f("pk_contact")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.String(64), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("silent_tries", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(500), nullable=False),
        sa.Column("body_text", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("error", sa.String(1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_key", name=op.f("uq_message_message_key")),
    )
    op.create_index(
        "ix_message_express",
        "message",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending') AND urgency = 'express'"),
        postgresql_where=sa.text("state IN ('queued', 'sending') AND urgency = 'express'"),
    )
    op.create_index(
        "ix_message_waiting",
        "message",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )

    op.create_table(
        "office",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name_vi", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(32), nullable=True),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_office")),
    )
    op.create_table(
        "timetable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ladder_hash", sa.String(16), nullable=False),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("complete_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable")),
        sa.UniqueConstraint(
            "ladder_hash", "assigned_on", "due_on", name=op.f("uq_timetable_ladder_hash_assigned_on_due_on")
        ),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(4), nullable=False),
        sa.Column("subtask", sa.String(16), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("variant", sa.String(32), nullable=False),
        sa.Column("period", sa.String(100), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("lead_office", sa.String(32), nullable=False),
        sa.Column("assigned_office", sa.String(32), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("monitor_office", sa.String(32), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("original_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("original_due_date", sa.Date(), nullable=False),
        sa.Column("explanation_vi", sa.String(1000), nullable=False),
        sa.Column("explanation_en", sa.String(1000), nullable=False),
        sa.Column("calendar_version", sa.String(64), nullable=False),
        sa.Column("timetable_id", sa.Integer(), nullable=False),
        sa.Column("rung_done", sa.Integer(), nullable=False),
        sa.Column("next_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["anchor_id"], ["anchor.id"], name=op.f("fk_assignment_anchor_id_anchor")),
        sa.ForeignKeyConstraint(["timetable_id"], ["timetable.id"], name=op.f("fk_assignment_timetable_id_timetable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "subtask",
            "step",
            "variant",
            "period",
            "lead_office",
            "assigned_office",
            "role",
            name="uq_assignment_identity",
        ),
    )
    op.create_index(
        "ix_assignment_next_alert_at",
        "assignment",
        ["next_alert_at"],
        unique=False,
        sqlite_where=sa.text("next_alert_at IS NOT NULL"),
        postgresql_where=sa.text("next_alert_at IS NOT NULL"),
    )
    op.create_index("ix_assignment_office_state", "assignment", ["office", "state"], unique=False)
    op.create_index("ix_assignment_priority_state_due", "assignment", ["priority", "state", "due_at"], unique=False)

    op.create_table(
        "timetable_rung",
        sa.Column("timetable_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("rung", sa.String(48), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("unless_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("fire_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["timetable_id"], ["timetable.id"], name=op.f("fk_timetable_rung_timetable_id_timetable")
        ),
        sa.PrimaryKeyConstraint("timetable_id", "rank", "audience", name=op.f("pk_timetable_rung")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("requested_until", sa.Date(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_extension_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_assignment_id"), "extension", ["assignment_id"], unique=False)
    op.create_index(
        "uq_extension_waiting",
        "extension",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'requested'"),
        postgresql_where=sa.text("state = 'requested'"),
    )

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(48), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("run_key", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_notice_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_notice_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "assignment_id",
            "kind",
            "rung",
            "office",
            "desk",
            "channel",
            name=op.f("uq_notice_assignment_id_kind_rung_office_desk_channel"),
        ),
    )
    op.create_index("ix_notice_message_id", "notice", ["message_id"], unique=False)
    op.create_index(
        "ix_notice_pending",
        "notice",
        ["message_id", "office", "desk", "channel"],
        unique=False,
        sqlite_where=sa.text("state = 'pending' AND message_id IS NULL"),
        postgresql_where=sa.text("state = 'pending' AND message_id IS NULL"),
    )

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("document_number", sa.String(64), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("text", sa.String(3000), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_report_assignment_id_assignment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("assignment_id", "version", name=op.f("uq_report_assignment_id_version")),
    )
    # The chain of audit events starts at the genesis hash.
    op.bulk_insert(audit_head, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def downgrade() -> None:
    for table in (
        "report",
        "notice",
        "extension",
        "timetable_rung",
        "assignment",
        "timetable",
        "office",
        "message",
        "contact",
        "audit_head",
        "audit_event",
        "anchor",
    ):
        op.drop_table(table)
