"""A few pages of assignments are worked out at once; whoever takes one slowly keeps nobody else from theirs."""

import asyncio
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from portal.guards import PAGES_AT_ONCE, take_turns


def _asked(method: str, path: str) -> Scope:
    return {"type": "http", "method": method, "path": path, "headers": []}


async def _receive() -> Message:
    raise AssertionError("nothing is read")


def test_pages_wait_for_their_turn_and_nothing_else_does() -> None:
    under_way: list[str] = []
    worked_out, taken = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        under_way.append(scope["path"])
        if scope["path"].endswith("/fails"):
            raise ZeroDivisionError
        await worked_out.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await taken.wait()

    async def send(_message: Message) -> None:
        pass

    async def settle() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def evening() -> None:
        guarded = take_turns(app)

        def ask(path: str, method: str = "GET") -> asyncio.Task[Any]:
            return asyncio.ensure_future(guarded(_asked(method, path), _receive, send))

        for _ in range(PAGES_AT_ONCE + 1):
            failing = ask("/assignments/fails")
            await asyncio.wait([failing])
            assert isinstance(failing.exception(), ZeroDivisionError)
        under_way.clear()
        pages = [ask(f"/assignments/{number}") for number in range(PAGES_AT_ONCE + 1)]
        others = [ask("/assignments/1/report", "POST"), ask("/board"), ask("/healthz")]
        await settle()
        assert len(under_way) == PAGES_AT_ONCE + len(others)
        worked_out.set()  # the first are sent, and taken slowly
        await settle()
        assert len(under_way) == len(pages) + len(others)
        taken.set()
        await asyncio.gather(*pages, *others)

    asyncio.run(evening())
