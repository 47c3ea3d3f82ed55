"""The figures of the board and of the yearly review, for programs."""

from portal.api.shapes import ResponseBody


class Figures(ResponseBody):
    """Assignments by status, withdrawn ones left out.

    ``due`` is what has shown whether it is on time; ``on_time_rate`` the share of it that was done on time, 0 to 1,
    null where nothing has come due yet. ``due_soon``, ``suspended``, ``standing`` and ``undated`` are among
    ``open_within_term``, ``done_undated`` among ``done_on_time``.
    """

    total: int
    done_on_time: int
    done_late: int
    open_within_term: int
    open_overdue: int
    due_soon: int
    suspended: int
    standing: int
    undated: int
    done_undated: int
    due: int
    on_time_rate: float | None
