"""What Prefect's server does by the clock on one machine, by loops that look once in seconds, not many times in one.

Prefect has its services run by docket, whose worker looks four times a second for what is due; no setting of Prefect's
reaches that, so the application is opened and closed here in the way of Prefect's own lifespan (decision 0030).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from docket import Docket, Worker
from fastapi import FastAPI
from prefect.server.api.background_workers import task_functions
from prefect.server.database import provide_database_interface
from prefect.server.services.base import Service
from prefect.server.services.perpetual_services import register_and_schedule_perpetual_services
from prefect.settings import get_current_settings

LOOK_EVERY = timedelta(seconds=5)
"""What a request leaves to be done later begins at once all the same; services are due once in half a minute."""

_SIGN_OF_LIFE_EVERY = timedelta(minutes=1)
"""Told to other workers of the same docket, of which there are none."""


@asynccontextmanager
async def services(app: FastAPI) -> AsyncIterator[None]:
    """Prefect's database brought up to date, and its services at work for the length of the block."""
    if get_current_settings().server.database.migrate_on_start:
        await provide_database_interface().create_db()
    chosen = get_current_settings().server.docket
    async with (
        Docket(chosen.name, chosen.url, execution_ttl=timedelta(0), heartbeat_interval=_SIGN_OF_LIFE_EVERY) as docket,
        Worker(docket, minimum_check_interval=LOOK_EVERY, scheduling_resolution=LOOK_EVERY) as worker,
    ):
        for each in task_functions:
            docket.register(each)
        await register_and_schedule_perpetual_services(docket)
        running = asyncio.create_task(worker.run_forever())
        app.api_app.state.docket = docket  # type: ignore[attr-defined]  # Prefect's requests find it there
        try:
            async with Service.running():
                yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
