"""Whether a SQLite knows how to keep an index of words, and whether a store has one (migration 0029)."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from config.errors import Refused

_MAKE = "CREATE VIRTUAL TABLE temp.words_tried USING fts5(said, tokenize = 'trigram case_sensitive 1')"
_LOOK = "SELECT 1 FROM report_words LIMIT 0"
_HAS = text("SELECT 1 FROM sqlite_master WHERE name = 'report_words'")


class NoWordIndex(Refused):
    """The store has an index of words that the SQLite of this machine cannot read or keep."""

    def __init__(self) -> None:
        super().__init__(
            "Kho dữ liệu có chỉ mục từ ngữ của báo cáo, mà SQLite của Python trên máy này không có FTS5 (trigram) để"
            " giữ chỉ mục đó. Dùng Python có SQLite từ 3.34, với FTS5.",
            "The store has an index of the words of reports, which the SQLite of this machine's Python cannot keep: it"
            " has no FTS5 (trigram). Use a Python with SQLite 3.34 or later, with FTS5.",
        )


def keeps_words(connection: Connection) -> bool:
    """Whether this SQLite has FTS5 with trigrams: 3.34, or later, and not built without it."""
    try:
        connection.exec_driver_sql(_MAKE)
    except OperationalError:
        return False
    connection.exec_driver_sql("DROP TABLE temp.words_tried")
    return True


def has_index_of_words(connection: Connection) -> bool:
    """Whether the store has one."""
    return connection.dialect.name == "sqlite" and connection.scalar(_HAS) is not None


def require_word_index(connection: Connection) -> None:
    """Raises ``NoWordIndex`` where each report that is handed in would fail at an index that cannot be kept here."""
    if has_index_of_words(connection):
        try:
            connection.exec_driver_sql(_LOOK)
        except OperationalError as fault:
            if "no such" not in str(fault.orig):
                raise
            raise NoWordIndex from fault
