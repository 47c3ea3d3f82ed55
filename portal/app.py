"""The portal as one application: its routes and its middleware."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from anyio import to_thread
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from config import clock
from models.keeping.opening import Store
from portal import metrics
from portal.api import accounts as api_accounts
from portal.api import days_off as api_days_off
from portal.api import deeds as api_deeds
from portal.api import desk as api_desk
from portal.api import entries as api_entries
from portal.api import messages as api_messages
from portal.api import offices as api_offices
from portal.api import plans as api_plans
from portal.api.assignments import office_answers as api_office_answers
from portal.api.assignments import urging as api_urging
from portal.api.assignments import verbs as api_verbs
from portal.api.intake import drafts as api_drafts
from portal.api.intake import launching as api_launching
from portal.api.intake import rehearsals as api_rehearsals
from portal.api.managing import comparisons as api_comparisons
from portal.api.managing import reviews as api_reviews
from portal.authorizing import authorize, check_rights
from portal.background_tasks import BackgroundTasks
from portal.desk import (
    accounts,
    changes,
    contacts,
    deciding,
    deeds,
    deputies,
    directives,
    holidays,
    messages,
    more,
    notices,
    register,
    reminders,
    trail,
)
from portal.guards import add_security_headers, check_host, end_in_words, limit_body, take_turns
from portal.intake import correcting, launching, rehearsals, uploading
from portal.managing import changes as board_changes
from portal.managing import comparing, forecasting, review, views
from portal.office import acknowledging, archive, extending, reporting
from portal.pages import (
    answers,
    asking,
    assignment,
    board,
    calendar_feeds,
    contributing,
    decisions,
    desk,
    documents,
    overview,
    workbooks,
)
from portal.papers import urging
from portal.plans import applying as plan_applying
from portal.plans import directive_facts, drafts, editing, files, ladders, reshaping
from portal.plans import directives as plan_directives
from portal.plans import reading as plan_reading
from portal.prefect import proxy
from portal.problems import add_error_handlers
from portal.rendering.kept_pages import keep_pages
from portal.sharing import open_figures, tracker, webhooks
from portal.sign_in import entrance, openid, sign_in
from portal.sign_in.attempts import AttemptsFile
from portal.sign_in.openid_provider import ProviderCache
from portal.web import HERE


def make_app(store: Store, *, now: Callable[[], datetime] = clock.now, attempts: AttemptsFile | None = None) -> FastAPI:
    """The application over an opened store.

    now       its clock
    attempts  where attempts to sign in are counted, in common with other processes; None for the memory of this one
    """
    app = FastAPI(
        title="dondoc",
        summary="Assignments between offices: the verbs of the portal, for programs.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(authorize)],
        redirect_slashes=False,
        lifespan=_with_threads,
    )
    app.state.store, app.state.clock = store, now
    app.state.limiter = MovingWindowRateLimiter(attempts or MemoryStorage())
    app.state.background_tasks = BackgroundTasks()
    app.state.openid = ProviderCache()
    keep_pages(app)
    pages = [
        part.router
        for part in (
            *(entrance, sign_in, openid, assignment, contributing),
            *(acknowledging, reporting, extending, archive, asking),
            *(board_changes, comparing, forecasting, review, views),
            *(decisions, deciding, deeds, reminders, changes, directives, register, holidays, accounts, more),
            *(webhooks, open_figures, tracker, contacts, deputies, messages, notices, trail, urging),
            *(
                plan_reading,
                plan_directives,
                drafts,
                editing,
                reshaping,
                directive_facts,
                ladders,
                files,
                plan_applying,
            ),
            *(uploading, correcting, launching, rehearsals),
            *(desk, overview, answers, calendar_feeds, board, workbooks, documents, proxy, metrics),
        )
    ]
    programs = [
        part.router
        for part in (
            *(api_verbs, api_office_answers, api_urging, api_desk, api_messages),
            *(api_deeds, api_plans, api_entries, api_offices, api_accounts, api_days_off),
            *(api_comparisons, api_reviews, api_rehearsals, api_drafts, api_launching),
        )
    ]
    check_rights([*pages, *programs])
    for router in pages:
        app.include_router(router, include_in_schema=False)
    for router in programs:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    add_error_handlers(app)
    app.add_middleware(take_turns)
    app.add_middleware(limit_body)
    app.add_middleware(check_host, portal_url=store.settings.portal_url)
    app.add_middleware(end_in_words)
    app.add_middleware(add_security_headers)
    return app


_THREADS = 200
"""More than ever wait to write at once, so that there is always one for a page that reads."""


@asynccontextmanager
async def _with_threads(_app: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield


HOST = "127.0.0.1"
