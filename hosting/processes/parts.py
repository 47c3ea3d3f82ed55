"""The parts of dondoc, in the order of their start: one list for one machine and for several.

On several machines each part is a process, `dondoc part NAME` (the portal: `dondoc portal`), which systemd or Compose
starts and restarts; deploy/ and docs/operations.md are held to this list by ``tests/house/test_deploy.py``. On one
machine `dondoc up` does all of them by itself, those that go on and on in a child process each.
"""

from dataclasses import dataclass
from enum import StrEnum

from flows.names import WORK_POOL


class PrefectSide(StrEnum):
    """What a part needs of Prefect, and with it of the environment."""

    SERVER = "server"
    """It is a process of Prefect's server: it gets the server's database and Redis."""

    CLIENT = "client"
    """It speaks to the API, and waits for it at its start."""

    NONE = "none"


@dataclass(frozen=True)
class Part:
    """One part.

    name     after which its container, its systemd unit and its command are called
    prefect  what it needs of Prefect
    after    the parts it starts after: the end of one that ends by itself, an answer of the others
    ends     whether it does its work once and ends
    child    the child process of `dondoc up` that does it; empty where it is done now and then, in one that ends
    """

    name: str
    prefect: PrefectSide
    after: tuple[str, ...] = ()
    ends: bool = False
    child: str = ""

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments of `dondoc` that start it on a machine of several."""
        return (self.name,) if self.name == "portal" else ("part", self.name)


SERVER_CHILD, WORKER_CHILD, PORTAL, COURIER = "prefect-server", "worker", "portal", "courier"

PARTS = (
    # Both databases. On one machine they are brought up to date by whatever opens them first.
    Part("upgrade", PrefectSide.SERVER, ends=True),
    Part("api", PrefectSide.SERVER, after=("upgrade",), child=SERVER_CHILD),
    Part("services", PrefectSide.SERVER, after=("upgrade",), child=SERVER_CHILD),
    Part("deploy", PrefectSide.CLIENT, after=("api",), ends=True),
    Part("worker", PrefectSide.CLIENT, after=("deploy",), child=WORKER_CHILD),
    # These two go on whatever becomes of Prefect, and so begin without it.
    Part("portal", PrefectSide.NONE, after=("upgrade",), child=PORTAL),
    Part("courier", PrefectSide.NONE, after=("upgrade",), child=COURIER),
    Part("watch", PrefectSide.CLIENT, after=("deploy",)),
)


def part_named(name: str) -> Part:
    """The part of that name; KeyError when there is none."""
    return {part.name: part for part in PARTS}[name]


def children() -> tuple[str, ...]:
    """The child processes of `dondoc up`, in the order of their start."""
    return tuple(dict.fromkeys(part.child for part in PARTS if part.child))


def worker_arguments(name: str, runs_at_once: int) -> tuple[str, ...]:
    """Arguments of Python for a worker of our pool."""
    return (
        *("-m", "prefect", "worker", "start", "--type", "process", "--name", name),
        *("--pool", WORK_POOL, "--limit", str(runs_at_once), "--install-policy", "never"),
    )
