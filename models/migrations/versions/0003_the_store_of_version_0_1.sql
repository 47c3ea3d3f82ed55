-- The store of version 0.1.0 as SQLite takes it. The migration of the same name says what PostgreSQL calls otherwise.

CREATE TABLE office (
    code VARCHAR(32) NOT NULL,
    name_vi VARCHAR(200) NOT NULL,
    name_en VARCHAR(200) NOT NULL,
    valid_from DATE,
    valid_to DATE,
    successor VARCHAR(32),
    assumed BOOLEAN NOT NULL,
    CONSTRAINT pk_office PRIMARY KEY (code)
);

CREATE TABLE contact (
    office VARCHAR(32) NOT NULL,
    desk VARCHAR(32) NOT NULL,
    channel VARCHAR(32) NOT NULL,
    language VARCHAR(2) NOT NULL,
    CONSTRAINT pk_contact PRIMARY KEY (office, desk)
);

CREATE TABLE anchor (
    id INTEGER NOT NULL,
    kind VARCHAR(32) NOT NULL,
    "key" VARCHAR(100) NOT NULL,
    title VARCHAR(300) NOT NULL,
    on_date DATE NOT NULL,
    subtask VARCHAR(16),
    host_office VARCHAR(32),
    urgency VARCHAR(32) NOT NULL,
    is_sample BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    plain_title VARCHAR DEFAULT '' NOT NULL,
    directive VARCHAR(32) DEFAULT '' NOT NULL,
    CONSTRAINT pk_anchor PRIMARY KEY (id),
    CONSTRAINT uq_anchor_directive_key UNIQUE (directive, "key")
);
CREATE UNIQUE INDEX uq_anchor_issue ON anchor (directive) WHERE kind = 'issue';

CREATE TABLE timetable (
    id INTEGER NOT NULL,
    ladder_hash VARCHAR(16) NOT NULL,
    ladder JSON NOT NULL,
    assigned_on DATE NOT NULL,
    due_on DATE NOT NULL,
    complete_until DATE NOT NULL,
    calendar VARCHAR(4) DEFAULT '' NOT NULL,
    CONSTRAINT pk_timetable PRIMARY KEY (id),
    CONSTRAINT uq_timetable_ladder_hash_assigned_on_due_on UNIQUE (ladder_hash, assigned_on, due_on)
);

CREATE TABLE timetable_rung (
    timetable_id INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    audience VARCHAR(32) NOT NULL,
    rung VARCHAR(48) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    severity INTEGER NOT NULL,
    unless_acknowledged BOOLEAN NOT NULL,
    fire_at DATETIME NOT NULL,
    CONSTRAINT pk_timetable_rung PRIMARY KEY (timetable_id, rank, audience),
    CONSTRAINT fk_timetable_rung_timetable_id_timetable FOREIGN KEY(timetable_id) REFERENCES timetable (id)
);
CREATE INDEX ix_timetable_rung_fire_at ON timetable_rung (fire_at);

CREATE TABLE assignment (
    id INTEGER NOT NULL,
    priority VARCHAR(4) NOT NULL,
    subtask VARCHAR(16) NOT NULL,
    step VARCHAR(32) NOT NULL,
    variant VARCHAR(32) NOT NULL,
    period VARCHAR(100) NOT NULL,
    role VARCHAR(32) NOT NULL,
    lead_office VARCHAR(32) NOT NULL,
    assigned_office VARCHAR(32) NOT NULL,
    office VARCHAR(32) NOT NULL,
    monitor_office VARCHAR(32) NOT NULL,
    anchor_id INTEGER,
    urgency VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    rule VARCHAR(64) NOT NULL,
    basis VARCHAR(16) NOT NULL,
    due_at DATETIME NOT NULL,
    due_date DATE NOT NULL,
    original_due_at DATETIME NOT NULL,
    original_due_date DATE NOT NULL,
    explanation_vi VARCHAR(1000) NOT NULL,
    explanation_en VARCHAR(1000) NOT NULL,
    calendar_version VARCHAR(64) NOT NULL,
    timetable_id INTEGER NOT NULL,
    rung_done INTEGER NOT NULL,
    next_alert_at DATETIME,
    assigned_at DATETIME NOT NULL,
    acknowledged_at DATETIME,
    reported_at DATETIME,
    completed_at DATETIME,
    delegated_to VARCHAR(100) DEFAULT '' NOT NULL,
    suspended_at DATETIME,
    resumed_at DATETIME,
    CONSTRAINT pk_assignment PRIMARY KEY (id),
    CONSTRAINT fk_assignment_anchor_id_anchor FOREIGN KEY(anchor_id) REFERENCES anchor (id),
    CONSTRAINT fk_assignment_timetable_id_timetable FOREIGN KEY(timetable_id) REFERENCES timetable (id),
    CONSTRAINT uq_assignment_identity UNIQUE (subtask, step, variant, period, lead_office, assigned_office, role)
);
CREATE INDEX ix_assignment_next_alert_at ON assignment (next_alert_at) WHERE next_alert_at IS NOT NULL;
CREATE INDEX ix_assignment_office_work ON assignment (office, state, due_at, completed_at, id);
CREATE INDEX ix_assignment_board ON assignment (state, priority, office, subtask, due_at, reported_at, role, anchor_id, id);
CREATE INDEX ix_assignment_by_due ON assignment (due_at, subtask, id, state, priority, office, role, reported_at, anchor_id);
CREATE INDEX ix_assignment_monitored ON assignment (monitor_office, due_at, id, office, subtask, anchor_id, state) WHERE state NOT IN ('accepted', 'withdrawn');
CREATE INDEX ix_assignment_rungs_passed ON assignment (timetable_id) WHERE rung_done > 0 AND completed_at IS NULL;

CREATE TABLE report (
    id INTEGER NOT NULL,
    assignment_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR(32) NOT NULL,
    counts JSON NOT NULL,
    document_number VARCHAR(64),
    document_date DATE,
    text VARCHAR(3000) NOT NULL,
    submitted_at DATETIME NOT NULL,
    decided_at DATETIME,
    reason VARCHAR(1000) NOT NULL,
    submission VARCHAR(64),
    difficulties VARCHAR(3000) DEFAULT '' NOT NULL,
    proposals VARCHAR(3000) DEFAULT '' NOT NULL,
    CONSTRAINT pk_report PRIMARY KEY (id),
    CONSTRAINT fk_report_assignment_id_assignment FOREIGN KEY(assignment_id) REFERENCES assignment (id),
    CONSTRAINT uq_report_assignment_id_version UNIQUE (assignment_id, version)
);
CREATE UNIQUE INDEX uq_report_submission ON report (submission);
CREATE INDEX ix_report_waiting ON report (submitted_at, assignment_id) WHERE state = 'submitted';

CREATE TABLE report_draft (
    assignment_id INTEGER NOT NULL,
    fields JSON NOT NULL,
    saved_at DATETIME NOT NULL,
    CONSTRAINT pk_report_draft PRIMARY KEY (assignment_id),
    CONSTRAINT fk_report_draft_assignment_id_assignment FOREIGN KEY(assignment_id) REFERENCES assignment (id)
);

CREATE TABLE attachment (
    id INTEGER NOT NULL,
    assignment_id INTEGER NOT NULL,
    report_id INTEGER,
    sha256 VARCHAR(64) NOT NULL,
    name VARCHAR(150) NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    size INTEGER NOT NULL,
    readable BOOLEAN NOT NULL,
    uploaded_at DATETIME NOT NULL,
    CONSTRAINT pk_attachment PRIMARY KEY (id),
    CONSTRAINT fk_attachment_assignment_id_assignment FOREIGN KEY(assignment_id) REFERENCES assignment (id),
    CONSTRAINT fk_attachment_report_id_report FOREIGN KEY(report_id) REFERENCES report (id)
);
CREATE INDEX ix_attachment_assignment_id ON attachment (assignment_id);
CREATE INDEX ix_attachment_sha256 ON attachment (sha256);

CREATE TABLE extension (
    id INTEGER NOT NULL,
    assignment_id INTEGER NOT NULL,
    state VARCHAR(32) NOT NULL,
    requested_until DATE NOT NULL,
    requested_at DATETIME NOT NULL,
    reason VARCHAR(1000) NOT NULL,
    granted_until DATE,
    decided_at DATETIME,
    decision_reason VARCHAR(1000) NOT NULL,
    submission VARCHAR(64),
    CONSTRAINT pk_extension PRIMARY KEY (id),
    CONSTRAINT fk_extension_assignment_id_assignment FOREIGN KEY(assignment_id) REFERENCES assignment (id)
);
CREATE INDEX ix_extension_assignment_id ON extension (assignment_id);
CREATE UNIQUE INDEX uq_extension_waiting ON extension (assignment_id) WHERE state = 'requested';
CREATE UNIQUE INDEX uq_extension_submission ON extension (submission);

CREATE TABLE message (
    id INTEGER NOT NULL,
    message_key VARCHAR(64) NOT NULL,
    office VARCHAR(32) NOT NULL,
    desk VARCHAR(32) NOT NULL,
    channel VARCHAR(32) NOT NULL,
    urgency VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    attempts INTEGER NOT NULL,
    silent_tries INTEGER NOT NULL,
    next_attempt_at DATETIME NOT NULL,
    lease_until DATETIME,
    subject VARCHAR(500) NOT NULL,
    body_text VARCHAR NOT NULL,
    body_html VARCHAR NOT NULL,
    error VARCHAR(1000) NOT NULL,
    created_at DATETIME NOT NULL,
    sent_at DATETIME,
    taken_up_at DATETIME,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_message_key UNIQUE (message_key)
);
CREATE INDEX ix_message_express ON message (next_attempt_at, id) WHERE state IN ('queued', 'sending') AND urgency = 'express';
CREATE INDEX ix_message_waiting ON message (next_attempt_at, id) WHERE state IN ('queued', 'sending');
CREATE INDEX ix_message_given_up ON message (taken_up_at, id) WHERE state = 'dead' AND taken_up_at IS NULL;
CREATE INDEX ix_message_dead ON message (id) WHERE state = 'dead';
CREATE INDEX ix_message_counted ON message (urgency, state);

CREATE TABLE notice (
    id INTEGER NOT NULL,
    kind VARCHAR(32) NOT NULL,
    assignment_id INTEGER NOT NULL,
    rung VARCHAR(48) NOT NULL,
    office VARCHAR(32) NOT NULL,
    desk VARCHAR(32) NOT NULL,
    channel VARCHAR(32) NOT NULL,
    urgency VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    message_id INTEGER,
    run_key VARCHAR(64) NOT NULL,
    created_at DATETIME NOT NULL,
    sent_at DATETIME,
    reason VARCHAR(300) NOT NULL,
    CONSTRAINT pk_notice PRIMARY KEY (id),
    CONSTRAINT fk_notice_assignment_id_assignment FOREIGN KEY(assignment_id) REFERENCES assignment (id),
    CONSTRAINT fk_notice_message_id_message FOREIGN KEY(message_id) REFERENCES message (id),
    CONSTRAINT uq_notice_assignment_id_kind_rung_office_desk_channel UNIQUE (assignment_id, kind, rung, office, desk, channel)
);
CREATE INDEX ix_notice_message_id ON notice (message_id);
CREATE INDEX ix_notice_pending ON notice (message_id, office, desk, channel) WHERE state = 'pending' AND message_id IS NULL;
CREATE INDEX ix_notice_waiting ON notice (created_at) WHERE state = 'pending';

CREATE TABLE delivery_attempt (
    id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at DATETIME NOT NULL,
    channel VARCHAR(32) NOT NULL,
    result VARCHAR(32) NOT NULL,
    reason VARCHAR(1000) NOT NULL,
    CONSTRAINT pk_delivery_attempt PRIMARY KEY (id),
    CONSTRAINT fk_delivery_attempt_message_id_message FOREIGN KEY(message_id) REFERENCES message (id)
);
CREATE INDEX ix_delivery_attempt_message_id ON delivery_attempt (message_id);

CREATE TABLE silence (
    id INTEGER NOT NULL,
    office VARCHAR(32),
    subtask VARCHAR(16),
    period VARCHAR(100),
    until DATE NOT NULL,
    reason VARCHAR(1000) NOT NULL,
    set_by VARCHAR(64) NOT NULL,
    set_at DATETIME NOT NULL,
    lifted_at DATETIME,
    CONSTRAINT pk_silence PRIMARY KEY (id)
);

CREATE TABLE user_account (
    id INTEGER NOT NULL,
    email VARCHAR(200) NOT NULL,
    post VARCHAR(100) NOT NULL,
    role VARCHAR(32) NOT NULL,
    created_at DATETIME NOT NULL,
    signed_in_at DATETIME,
    sessions_since DATETIME NOT NULL,
    disabled_at DATETIME,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT uq_user_account_email UNIQUE (email)
);

CREATE TABLE office_door (
    office VARCHAR(32) NOT NULL,
    links_since DATETIME NOT NULL,
    CONSTRAINT pk_office_door PRIMARY KEY (office)
);

CREATE TABLE calendar_door (
    feed VARCHAR(32) NOT NULL,
    links_since DATETIME NOT NULL,
    CONSTRAINT pk_calendar_door PRIMARY KEY (feed)
);

CREATE TABLE ended_session (
    session VARCHAR(64) NOT NULL,
    forget_at DATETIME NOT NULL,
    CONSTRAINT pk_ended_session PRIMARY KEY (session)
);

CREATE TABLE api_token (
    id INTEGER NOT NULL,
    name VARCHAR(100) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    office VARCHAR(32),
    role VARCHAR(32),
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    used_at DATETIME,
    revoked_at DATETIME,
    CONSTRAINT pk_api_token PRIMARY KEY (id),
    CONSTRAINT uq_api_token_sha256 UNIQUE (sha256)
);

CREATE TABLE audit_event (
    seq INTEGER NOT NULL,
    at DATETIME NOT NULL,
    actor VARCHAR(64) NOT NULL,
    verb VARCHAR(32) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    facts JSON NOT NULL,
    previous_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    CONSTRAINT pk_audit_event PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_event_subject ON audit_event (subject);

CREATE TABLE audit_head (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash VARCHAR(64) NOT NULL,
    CONSTRAINT pk_audit_head PRIMARY KEY (id)
);

-- The chain of audit events starts at the genesis hash.
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
