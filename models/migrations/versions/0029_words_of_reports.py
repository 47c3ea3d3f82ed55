"""An index of the words of reports for SQLite, where it knows how to keep one; otherwise a search reads the texts.

Three letters at a time, so that any part of a word is found, and by capitals as they are written: the texts have none.
A later migration that makes ``report`` anew on SQLite (``batch_alter_table``) must make its triggers again.
"""

from alembic import op

from models.store.word_index import keeps_words

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NUMBER = "{row}.assignment_id * 1048576 + {row}.version"
_COMES = f"INSERT INTO report_words (rowid, plain_text) VALUES ({_NUMBER.format(row='NEW')}, NEW.plain_text);"
_GOES = (
    "INSERT INTO report_words (report_words, rowid, plain_text)"
    f" VALUES ('delete', {_NUMBER.format(row='OLD')}, OLD.plain_text);"
)
_TRIGGERS = {
    "comes": f"INSERT ON report BEGIN {_COMES} END",
    "goes": f"DELETE ON report BEGIN {_GOES} END",
    "changes": f"UPDATE OF assignment_id, version, plain_text ON report BEGIN {_GOES} {_COMES} END",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite" or not keeps_words(op.get_bind()):
        return
    # Numbered so that what is found tells its assignment: reading the reports for it would take longer than finding.
    op.execute(f"CREATE VIEW report_said AS SELECT {_NUMBER.format(row='report')} AS number, plain_text FROM report")
    op.execute(
        "CREATE VIRTUAL TABLE report_words USING fts5(plain_text, content = 'report_said', content_rowid = 'number',"
        " columnsize = 0, tokenize = 'trigram case_sensitive 1')"
    )
    op.execute("INSERT INTO report_words (report_words) VALUES ('rebuild')")
    for name, what in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER report_words_{name} AFTER {what}")
