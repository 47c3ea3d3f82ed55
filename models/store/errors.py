"""The database does not answer, or not in time."""

from config.errors import Refused


class DatabaseUnreachable(Refused):
    """The application's database cannot be opened."""


class DatabaseBusy(DatabaseUnreachable):
    """Others were writing the same for too long; nothing was written, and the same may be tried again."""

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu đang bận: nơi khác ghi cùng lúc quá lâu. Chưa ghi gì; hãy làm lại sau ít phút.",
            "The database is busy: others were writing for too long. Nothing was written; try again in a few minutes.",
        )
