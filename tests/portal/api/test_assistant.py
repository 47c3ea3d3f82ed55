"""`dondoc mcp`: an assistant's tools are the operations of the API that its token may use, and refused like these."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from cli.operation.assistant import DEEDS, READS, Operation, call, description_for, operations, token_in
from config.errors import Refused
from models.tables.account import UserRole
from portal.rights import RIGHTS
from portal.sign_in.session import VisitorRole
from tests.support.cast import LEAD, number_of
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only
ROOT = Path(__file__).parents[3]
BEGIN = "from cli.main import main; main()"


def over(house: House, web: httpx.Client) -> httpx.AsyncClient:
    """The same program, as an assistant's server asks."""
    headers = {"Authorization": web.headers["Authorization"]}
    return httpx.AsyncClient(base_url=house.address, headers=headers, trust_env=False, verify=False, timeout=60)


def tools(house: House, web: httpx.Client) -> dict[str, Operation]:
    """What a token's assistant is offered, by name."""

    async def described() -> dict[str, Operation]:
        async with over(house, web) as asker:
            found = list(operations(*await description_for(asker)))
            assert len({each.name for each in found}) == len(found), "one name each"
            return {each.name: each for each in found}

    return anyio.run(described)


def test_every_tool_is_an_operation_of_the_api() -> None:
    for method, paths in (("GET", READS), ("POST", DEEDS)):
        assert [path for path in paths if (method, f"/api/v1{path}") not in RIGHTS] == []


def test_each_is_offered_what_its_token_may(house: House) -> None:
    of_office = tools(house, house.program(office=LEAD))
    of_manager = tools(house, house.program(role=UserRole.MANAGER))
    of_coordinator = tools(house, house.program(role=UserRole.COORDINATOR))
    assert {"report", "acknowledge", "get_assignment"} <= set(of_office)
    assert not {"accept", "do_deed", "board"} & set(of_office)
    assert {each.method for each in of_manager.values()} == {"GET"}
    assert {"accept", "return", "do_deed", "undo_deed", "undo_entry", "correct_entry", "list_offices"} <= set(
        of_coordinator
    )
    offered = {(each.method, each.path) for each in of_coordinator.values()}
    assert ("POST", "/api/v1/changes/{deed_id}/undo") in offered and (
        "POST",
        "/api/v1/entries/{anchor_id}/undo",
    ) in offered
    for each in of_coordinator.values():
        assert "#/components" not in json.dumps(each.schema) and each.about
        assert all(name.replace("_", "").replace("-", "").isalnum() for name in each.schema["properties"])


def test_no_tool_hides_another(house: House) -> None:
    program = house.program(role=UserRole.COORDINATOR)

    async def described() -> dict[str, Any]:
        async with over(house, program) as asker:
            return (await description_for(asker))[0]

    description = anyio.run(described)
    for path in ("/changes/{deed_id}/undo", "/entries/{anchor_id}/undo"):
        description["paths"][f"/api/v1{path}"]["post"]["operationId"] = f"undo_api_v1_{path}"
    with pytest.raises(Refused, match="undo"):
        list(operations(description, VisitorRole.COORDINATOR))


def test_what_it_does_is_done_and_what_it_may_not_is_refused(house: House) -> None:
    program = house.program(office=LEAD)
    offered, number = tools(house, program), number_of(house.store, "T0.1")

    async def conversation() -> list[tuple[str, bool]]:
        async with over(house, program) as web:
            return [
                await call(web, offered["list_assignments"], {"status": "open_within_term", "limit": 5}),
                await call(web, offered["acknowledge"], {"assignment_id": number}),
                await call(web, offered["report"], {"assignment_id": number, "body": {"counts": {}}}),
                await call(web, offered["get_assignment"], {"assignment_id": "1/../../me"}),
            ]

    listed, acknowledged, reported, elsewhere = anyio.run(conversation)
    assert not listed[1] and json.loads(listed[0])["items"]
    assert not acknowledged[1] and json.loads(acknowledged[0])["state"] == "acknowledged"
    assert reported[1] and json.loads(reported[0])["errors"]
    assert elsewhere[1], "an address is not left by what is put into it"


def test_a_token_that_is_nobodys_and_an_address_that_is_no_portal(house: House) -> None:
    for base, token in ((house.address, "dd_x"), ("http://127.0.0.1:9", "dd_x")):

        async def ask(base: str = base, token: str = token) -> None:
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=60) as web:
                await description_for(web)

        with pytest.raises(Refused):
            anyio.run(ask)


def test_the_token_is_in_the_environment_or_a_file_it_names(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("dd_abc\n", encoding="ascii")
    assert token_in({"DONDOC_TOKEN": " dd_abc "}) == token_in({"DONDOC_TOKEN_FILE": str(file)}) == "dd_abc"
    for wrong in ({}, {"DONDOC_TOKEN_FILE": str(tmp_path / "none")}):
        with pytest.raises(Refused):
            token_in(wrong)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("mcp") is None, reason="the extra mcp is not installed")
def test_an_assistant_speaks_to_it(house: House) -> None:
    """By the official SDK's own client."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    plain = house.program(office=LEAD).headers["Authorization"].removeprefix("Bearer ")
    number = number_of(house.store, "T0.1")
    parameters = StdioServerParameters(
        command=sys.executable,
        args=[
            "-c",
            f"import sys; sys.path[:0] = {sys.path!r}; from cli.main import main; main()",
            "mcp",
            "--url",
            house.address,
        ],
        env={"DONDOC_TOKEN": plain},
        cwd=str(ROOT),
    )

    async def conversation() -> tuple[Any, Any, Any]:
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            offered = await session.list_tools()
            done = await session.call_tool("acknowledge", {"assignment_id": number})
            refused = await session.call_tool("get_assignment", {"assignment_id": 999_999})
            return offered, done, refused

    offered, done, refused = anyio.run(conversation)
    assert {"report", "acknowledge"} <= {each.name for each in offered.tools}
    assert not done.isError and json.loads(done.content[0].text)["state"] == "acknowledged"
    assert refused.isError and json.loads(refused.content[0].text)["status"] == 404


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    from cli.operation.assistant import mcp_command

    with pytest.raises(Refused, match="mcp"):
        mcp_command(url="")
