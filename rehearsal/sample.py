"""The sample past of a first start: a marked document issued some weeks ago, and what offices have done since."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from config import clock
from config.audit_keys import audit_keys
from config.clock import local_date
from config.keys import signing_key
from config.settings import Settings
from flows.forms import FORMS
from flows.steps import follow_up_all
from hosting import child_process
from models.access.accounts import SAMPLE_DOMAIN, add_user
from models.keeping.copy import copy_into_empty, is_empty_store
from models.keeping.opening import Store, open_store, with_contacts_of_today
from models.store.database import reading_session, session_scope
from models.tables.account import UserRole
from models.work.directives import issue_directive, samples_in_force
from rehearsal.acting_out import act_out, morning_of, next_eventful_day
from rehearsal.progress import progress
from rehearsal.sample_desk import leave_on_the_desk
from rehearsal.throwaway import throwaway_settings, unsynced_store
from reports.months_ahead.kept import Asked, KeptRehearsals

SAMPLE_NUMBER = "01-MAU/TB"
"""A number no office would use; the document is also marked as a sample wherever it shows."""

WEEKS_AGO = 10

DAYS_TO_DECIDE = 10
"""Working days whose reports and requests the sample leaves to the coordinator."""


def first_start(store: Store) -> bool:
    """Returns whether this store is new; a new one gets the sample past where the settings ask for it."""
    move_sample_mailbox(store)
    with reading_session(store.engine) as session:
        if not is_empty_store(session):
            return False
    if store.settings.sample:
        with progress("Lần đầu: dựng dữ liệu MẪU để làm quen / building the sample") as done:
            built = build_sample(store.settings, clock.now(), done)
        if built:
            _start_rehearsal(store.settings)
    return True


def _start_rehearsal(settings: Settings) -> None:
    """Have the next months played beside everything else, so that there is a rehearsal to look at."""

    def start(number: int) -> None:
        played = child_process.start(
            "rehearsal",
            ("-m", "rehearsal.process", str(number)),
            mark=str(settings.data_dir),
            environment={"DONDOC_DATA_DIR": str(settings.data_dir), "DONDOC_DATABASE_URL": settings.database_url},
            log=settings.data_dir / "logs" / "rehearsal.log",
        )
        # Somebody must hear of its end, or it stays in the table of processes.
        threading.Thread(target=played.process.wait, name="rehearsal", daemon=True).start()

    KeptRehearsals(settings).ask(Asked(months=3, now=clock.now(), answering=True), start=start)


def build_sample(settings: Settings, now: datetime, done: Callable[[float], None] = lambda _: None) -> bool:
    """Register the sample document of some weeks ago and play every day since; returns whether the store took it in.

    done  called with the part that is done, from 0 to 1

    Done in one go before the first run and without Prefect, whose history shows what really ran. The sample is built in
    a store and a mailbox beside the real ones and copied when it is complete, so that a start broken off in the middle
    has done nothing and the next one begins anew.
    """
    site = _construction_dir(settings)
    _clear(site)
    # No contacts there: messages about a sample go to the local mailbox alone.
    # The links in them must open in the real portal, so they are signed with its key, and the trail sealed with its.
    portal_key, trail_keys = signing_key(settings).decode(), audit_keys(settings).as_setting
    aside = replace(throwaway_settings(settings, site), secret_key=portal_key, audit_key=trail_keys)
    with unsynced_store(aside) as built, open_store(settings) as store:
        _issue_and_play(built, local_date(now), done)
        moved = copy_into_empty(built.engine, store.engine)
        with_contacts_of_today(store)  # those that came in from a file went with the empty store
        move_sample_mailbox(store)
    return moved


def move_sample_mailbox(store: Store) -> None:
    """Move the mailbox of a sample whose store was copied; delete a sample that was not copied.

    Does nothing nearly always: only a start that was killed leaves the directory behind.
    """
    site = _construction_dir(store.settings)
    if not site.exists():
        return
    with reading_session(store.engine) as session:
        moved = bool(samples_in_force(session))
    letters = site / "mailbox"
    if moved and letters.exists():
        store.settings.mailbox_dir.mkdir(parents=True, exist_ok=True)
        for letter in sorted(letters.iterdir()):
            _bring(letter, store.settings.mailbox_dir)
    _clear(site)


def _bring(letter: Path, mailbox: Path) -> None:
    letter.replace(mailbox / letter.name)


def play_days(
    store: Store,
    first: date,
    last: date,
    *,
    decided_until: date = date.max,
    done: Callable[[float], None] = lambda _: None,
) -> None:
    """Play the days ``first`` to ``last``: on each that has anything, the flows in the morning, then the offices.

    decided_until  see ``act_out``
    done           called with the part that is done, from 0 to 1
    """
    day: date | None = first
    while day is not None and day <= last:
        done((day - first) / (last - first + timedelta(days=1)))
        forms = {priority: form() for priority, form in FORMS.items()}
        follow_up_all(store, forms, morning_of(day), run_key=f"sample-{day.isoformat()}")
        act_out(store, day - timedelta(days=1), day, decided_until=decided_until)
        day = next_eventful_day(store, day)


def _issue_and_play(store: Store, today: date, done: Callable[[float], None]) -> None:
    issued_on = store.calendar.previous_working_day(
        max(today - timedelta(weeks=WEEKS_AGO), store.plan.main_directive.date)
    )
    with session_scope(store.engine) as session:
        context = store.actor_context(now=morning_of(issued_on), actor="coordinator")
        issue_directive(session, number=SAMPLE_NUMBER, on_date=issued_on, context=context, is_sample=True)
        for role, name, post in _ACCOUNTS:
            add_user(session, email=f"{name}@{SAMPLE_DOMAIN}", post=post, role=role, context=context)
    last = store.calendar.previous_working_day(today - timedelta(days=1))
    play_days(store, issued_on, last, decided_until=store.calendar.add(last, -DAYS_TO_DECIDE), done=done)
    leave_on_the_desk(store, last)
    done(1.0)


_ACCOUNTS = (
    (UserRole.COORDINATOR, "dondoc", "Phòng Tổng hợp (mẫu)"),
    (UserRole.MANAGER, "lanhdao", "Lãnh đạo (mẫu)"),
)


def _construction_dir(settings: Settings) -> Path:
    return settings.data_dir / "sample-under-construction"


def _clear(site: Path) -> None:
    if site.exists():
        shutil.rmtree(site)
