"""Rights: every route with the roles it is open to. The application does not start with a route that is not here."""

from portal.sign_in.session import VisitorRole

_NOBODY, _OFFICE, _COORDINATOR, _MANAGER = VisitorRole
_ALL = frozenset(VisitorRole)
_SIGNED_IN = _ALL - {_NOBODY}
_OFFICES = frozenset({_OFFICE})
_DESK = frozenset({_COORDINATOR})
_OVERVIEW = frozenset({_COORDINATOR, _MANAGER})
_SIDES = frozenset({_OFFICE, _COORDINATOR})

API = "/api/"
PREFECT = "/prefect/"

_ONE = "/assignments/{assignment_id}"
_DRAFT = "/plans/drafts/{number}"
_DECISIONS = ("accept", "return", "suspend", "resume")

_DESK_READS = (
    *("offices", "offices/{office}/contacts", "accounts", "deputies", "follow-up", "webhooks", "trail", "days-off"),
    *("messages", "messages/{message_id}", "notices", "changes", "changes/{deed_id}", "entries"),
    *("directives", "directives/{code}", "editions", "editions/{edition_id}", "plan/files"),
)
_DESK_WRITES = (
    *("deeds", "changes/{deed_id}/undo", "offices", "offices/merge"),
    *(f"offices/{{office}}/{verb}" for verb in ("rename", "split", "end", "contacts", "link", "revoke")),
    *("accounts", *(f"accounts/{{user_id}}/{verb}" for verb in ("link", "change", "disable", "enable"))),
    *("webhooks", "webhooks/{number}/try", "webhooks/{number}/end", "days-off", "days-off/recompute"),
    *("deputies", "deputies/desk", "deputies/{number}/end", "plan/check", "plan/amendments", "events"),
    *(f"directives/{{code}}/{verb}" for verb in ("issue", "documents", "close", "reopen")),
    *("entries/{anchor_id}/correct", "entries/{anchor_id}/undo"),
)
"""What a coordinator's program reads and does besides, under /api/v1/."""

RIGHTS: dict[tuple[str, str], frozenset[VisitorRole]] = {
    ("GET", "/"): _ALL,
    ("GET", "/language/{language}"): _ALL,
    ("GET", "/healthz"): _ALL,
    ("GET", "/open"): _ALL,  # where the operator has switched it on
    # addresses of earlier versions, redirected to where the rights are checked
    ("GET", "/all"): _ALL,
    ("GET", "/work"): _ALL,
    ("GET", "/work/{path:path}"): _ALL,
    ("POST", "/work/{path:path}"): _ALL,
    # signing in
    ("GET", "/door/{token}"): _ALL,
    ("GET", "/sign-in"): _ALL,
    ("POST", "/sign-in"): _ALL,
    ("GET", "/sign-in/{token}"): _ALL,
    ("POST", "/sign-in/{token}"): _ALL,
    ("POST", "/sign-out"): _ALL,
    ("GET", "/openid"): _ALL,
    ("GET", "/openid/return"): _ALL,
    # assignments: an office sees its own, accounts those of their directives
    ("GET", "/assignments"): _SIGNED_IN,
    ("GET", "/assignments/{assignment_id}"): _SIGNED_IN,
    **{
        ("POST", f"{_ONE}/{verb}"): _OFFICES
        for verb in (
            *("acknowledge", "delegate", "report", "draft", "take-back"),
            *("extension", "extension/withdraw", "contribution"),
        )
    },
    ("POST", f"{_ONE}/questions"): _SIDES,
    ("POST", f"{_ONE}/questions/{{question_id}}"): _SIDES,
    ("GET", "/acknowledge"): _OFFICES,
    ("POST", "/acknowledge"): _OFFICES,
    ("GET", "/archive"): _OFFICES,
    ("GET", "/assignments/{assignment_id}/report"): _OFFICES,
    ("GET", "/assignments/{assignment_id}/extension"): _OFFICES,
    ("GET", "/assignments/{assignment_id}/files/{file_id}"): _SIGNED_IN,
    # the coordinator's desk
    ("GET", "/desk"): _DESK,
    **{("POST", f"{_ONE}/{verb}"): _DESK for verb in ("grant", "refuse", *_DECISIONS)},
    ("GET", "/desk/decide"): _DESK,
    ("POST", "/desk/decide"): _DESK,
    ("GET", "/desk/reminders"): _DESK,
    ("POST", "/desk/reminders"): _DESK,
    ("GET", "/desk/deeds"): _DESK,
    ("POST", "/desk/deeds"): _DESK,
    ("GET", "/desk/changes"): _DESK,
    ("GET", "/desk/changes/{deed_id}"): _DESK,
    ("POST", "/desk/changes/{deed_id}/undo"): _DESK,
    ("GET", "/desk/more"): _DESK,
    ("GET", "/desk/directives"): _DESK,
    ("POST", "/desk/directives"): _DESK,
    ("POST", "/desk/directives/state"): _DESK,
    ("GET", "/desk/directives/entries/{anchor_id}"): _DESK,
    ("POST", "/desk/directives/entries/{anchor_id}"): _DESK,
    # the plan: drafts of amendments are the coordinator's, what is in force is for managers too
    ("GET", "/plans"): _OVERVIEW,
    **{
        ("GET", f"/plans/{shown}"): _OVERVIEW
        for shown in (
            *("directives/{code}", "directives/{code}/text", "directives/{code}/editions/{number}"),
            *("directives/{code}/export", "ladders/{code}"),
        )
    },
    **{("GET", f"/plans/{asked}"): _DESK for asked in ("reading", "drafts/{number}")},
    **{("GET", f"{_DRAFT}/preview.{kind}"): _DESK for kind in ("docx", "xlsx")},
    **{("POST", f"{_DRAFT}/{deed}"): _DESK for deed in ("preview", "discard", "directives/{code}/priorities")},
    **{("POST", f"{_DRAFT}/subtasks/{{code}}/{deed}"): _DESK for deed in ("drop", "restore")},
    **{("POST", f"/plans/{begun}/{{code}}/drafts"): _DESK for begun in ("directives", "ladders")},
    ("POST", "/plans/upload"): _DESK,
    **{
        (method, f"{_DRAFT}/{form}"): _DESK
        for method in ("GET", "POST")
        for form in (
            *("subtasks/{code}", "subtasks/{code}/split", "subtasks/{code}/merge", "priorities/{priority}/new"),
            *("directives/{code}", "ladders/{code}"),
        )
    },
    ("GET", "/desk/register"): _DESK,
    ("POST", "/desk/register"): _DESK,
    ("GET", "/desk/holidays"): _DESK,
    ("POST", "/desk/holidays"): _DESK,
    ("POST", "/desk/holidays/recompute"): _DESK,
    ("GET", "/desk/messages"): _DESK,
    ("GET", "/desk/messages/{message_id}"): _DESK,
    ("GET", "/desk/notices"): _DESK,
    ("GET", "/desk/followup"): _DESK,
    ("GET", "/desk/trail"): _DESK,
    ("GET", "/desk/accounts"): _DESK,
    ("POST", "/desk/accounts"): _DESK,
    ("POST", "/desk/accounts/{user_id}/link"): _DESK,
    ("POST", "/desk/accounts/{user_id}/change"): _DESK,
    ("POST", "/desk/accounts/{user_id}/disable"): _DESK,
    ("POST", "/desk/accounts/{user_id}/enable"): _DESK,
    ("GET", "/desk/deputies"): _DESK,
    ("POST", "/desk/deputies"): _DESK,
    ("POST", "/desk/deputies/desk"): _DESK,
    ("POST", "/desk/deputies/{number}/end"): _DESK,
    ("GET", "/desk/urging/{office}"): _DESK,
    ("POST", "/desk/urging/{office}"): _DESK,
    ("GET", "/urging/{letter_id}"): _SIGNED_IN,
    ("GET", "/desk/webhooks"): _DESK,
    ("POST", "/desk/webhooks"): _DESK,
    ("POST", "/desk/webhooks/{number}/try"): _DESK,
    ("POST", "/desk/webhooks/{number}/end"): _DESK,
    ("GET", "/desk/assign"): _DESK,
    ("POST", "/desk/assign"): _DESK,
    ("GET", "/desk/workbook"): _DESK,
    ("GET", "/desk/workbook/template"): _DESK,
    ("POST", "/desk/workbook"): _DESK,
    ("GET", "/desk/offices"): _DESK,
    ("GET", "/desk/offices/{office}"): _DESK,
    ("POST", "/desk/offices/{office}"): _DESK,
    ("POST", "/desk/offices/{office}/try"): _DESK,
    ("POST", "/desk/offices/{office}/link"): _DESK,
    ("POST", "/desk/offices/{office}/revoke"): _DESK,
    ("GET", "/desk/silences"): _DESK,
    ("POST", "/desk/silences"): _DESK,
    ("POST", "/desk/silences/{silence_id}/lift"): _DESK,
    ("POST", "/desk/messages/again"): _DESK,
    ("POST", "/desk/messages/{message_id}/again"): _DESK,
    # a directive's text made into a plan
    ("GET", "/desk/intake"): _DESK,
    ("POST", "/desk/intake"): _DESK,
    ("GET", "/desk/intake/{draft_id}"): _DESK,
    **{
        ("POST", f"/desk/intake/{{draft_id}}/{deed}"): _DESK
        for deed in ("rows", "rows/{row}", "add", "offices", "drop")
    },
    ("GET", "/desk/intake/{draft_id}/launch"): _DESK,
    ("POST", "/desk/intake/{draft_id}/launch"): _DESK,
    ("GET", "/rehearsals"): _OVERVIEW,
    ("POST", "/rehearsals"): _DESK,
    ("GET", "/rehearsals/{number}"): _OVERVIEW,
    ("GET", "/rehearsals/{number}/workbook"): _OVERVIEW,
    # calendars; the signed address itself is the key of a feed
    ("GET", "/calendar"): _SIDES,
    ("POST", "/calendar/change"): _SIDES,
    ("GET", "/calendar/{token}.ics"): _ALL,
    ("HEAD", "/calendar/{token}.ics"): _ALL,
    # the overview
    ("GET", "/board"): _OVERVIEW,
    ("GET", "/board/changes"): _OVERVIEW,
    ("GET", "/board/changes/paper"): _OVERVIEW,
    ("GET", "/board/forecast"): _OVERVIEW,
    ("GET", "/board/periods"): _OVERVIEW,
    ("POST", "/views"): _OVERVIEW,
    ("POST", "/views/{view_id}/remove"): _OVERVIEW,
    ("GET", "/review"): _OVERVIEW,
    ("GET", "/review/paper"): _OVERVIEW,
    ("GET", "/review/workbook"): _OVERVIEW,
    ("GET", "/workbook"): _SIGNED_IN,
    ("GET", "/workbook/tracker"): _OVERVIEW,
    ("GET", "/answers"): _OVERVIEW,
    ("GET", "/answers/workbook"): _OVERVIEW,
    ("GET", "/documents"): _OVERVIEW,
    ("GET", "/documents/report"): _OVERVIEW,
    ("GET", "/documents/{paper}/{office}"): _OVERVIEW,
    ("GET", "/slip"): _OFFICES,
    # the proxy of Prefect, which checks further (portal.prefect.rights)
    ("GET", "/prefect"): _OVERVIEW,
    **{(method, "/prefect/{path:path}"): _OVERVIEW for method in ("GET", "POST", "PUT", "PATCH", "DELETE")},
    # programs
    ("GET", "/metrics"): _ALL,
    ("GET", "/api/v1/me"): _SIGNED_IN,
    ("GET", "/api/v1/assignments"): _SIGNED_IN,
    ("POST", "/api/v1/assignments"): _DESK,
    ("GET", "/api/v1/assignments/{assignment_id}"): _SIGNED_IN,
    **{
        ("POST", f"/api/v1{_ONE}/{verb}"): _OFFICES
        for verb in (
            *("acknowledge", "delegate", "files", "report", "take-back"),
            *("extension", "extension/withdraw", "contribution"),
        )
    },
    ("GET", "/api/v1/assignments/{assignment_id}/files/{file_id}"): _SIGNED_IN,
    **{
        ("POST", f"/api/v1{_ONE}/{verb}"): _DESK
        for verb in ("extension/grant", "extension/refuse", "withdraw", *_DECISIONS)
    },
    ("POST", f"/api/v1{_ONE}/questions"): _SIDES,
    ("POST", f"/api/v1{_ONE}/questions/{{question_id}}"): _SIDES,
    ("GET", "/api/v1/urging-letters"): _DESK,
    ("POST", "/api/v1/urging-letters"): _DESK,
    ("GET", "/api/v1/urging-letters/draft"): _OVERVIEW,
    ("GET", "/api/v1/urging-letters/{letter_id}"): _SIGNED_IN,
    ("GET", "/api/v1/urging-letters/{letter_id}/paper"): _SIGNED_IN,
    ("GET", "/api/v1/decisions"): _OVERVIEW,
    ("GET", "/api/v1/board"): _OVERVIEW,
    **{("GET", f"/api/v1/board/{part}"): _OVERVIEW for part in ("changes", "periods", "forecast")},
    ("GET", "/api/v1/review"): _OVERVIEW,
    ("GET", "/api/v1/intake"): _DESK,
    ("POST", "/api/v1/intake"): _DESK,
    ("GET", "/api/v1/intake/{draft_id}"): _DESK,
    **{
        ("POST", f"/api/v1/intake/{{draft_id}}/{deed}"): _DESK
        for deed in ("rows", "rows/{row}", "rows/{row}/split", "add", "offices", "drop", "launch")
    },
    ("GET", "/api/v1/rehearsals"): _OVERVIEW,
    ("POST", "/api/v1/rehearsals"): _DESK,
    ("GET", "/api/v1/rehearsals/{number}"): _OVERVIEW,
    ("GET", "/api/v1/answers"): _OVERVIEW,
    ("GET", "/api/v1/silences"): _DESK,
    ("POST", "/api/v1/silences"): _DESK,
    ("POST", "/api/v1/silences/{silence_id}/lift"): _DESK,
    ("GET", "/api/v1/messages/undeliverable"): _DESK,
    ("POST", "/api/v1/messages/undeliverable/retry"): _DESK,
    ("POST", "/api/v1/messages/{message_id}/retry"): _DESK,
    ("POST", "/api/v1/offices/{office}/test-message"): _DESK,
    **{("GET", f"/api/v1/{path}"): _DESK for path in _DESK_READS},
    **{("POST", f"/api/v1/{path}"): _DESK for path in _DESK_WRITES},
}


WHOLE_HOUSE = (
    *(
        "/desk/register",
        "/desk/holidays",
        "/desk/accounts",
        "/desk/offices",
        "/desk/followup",
        "/desk/deputies",
        "/desk/trail",
        "/desk/webhooks",
        "/desk/intake",
        "/rehearsals",
        "/prefect",
    ),
    *(f"/api/v1/{part}" for part in ("offices", "accounts", "deputies", "follow-up", "plan/", "webhooks")),
    *("/api/v1/trail", "/api/v1/days-off", "/api/v1/intake", "/api/v1/rehearsals"),
)
"""How the addresses begin of what concerns all directives at once: an account that is limited to some has no such."""

LASTING = frozenset(
    path
    for (_, path), roles in RIGHTS.items()
    if roles != _ALL
    and path.startswith(
        ("/desk/accounts", "/desk/deputies", "/desk/webhooks", "/desk/offices/{office}/link", "/calendar")
    )
)
"""The addresses of what outlasts a deputyship: whoever has rights for some days alone gives none that stay."""
