"""What `dondoc up` takes of a machine on which nothing happens, and how long it takes to be ready.

On an empty store, with two workers of the portal: seconds from the start until «sẵn sàng», beside those of Prefect's
own `prefect server start` in the same run, each in a home of its own, from nothing; then the CPU of every process, in
per cent of one core, and its memory, for as many seconds in which no run was under way. Memory is the proportional
share (Pss), of which what several processes share is counted once.

    python benchmarks/at_rest.py [--seconds 120] [--own NAME=VALUE ...]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from hosting.child_process import marked
from hosting.prefect.connection import free_port, responds

AIM_CPU, AIM_MB, AIM_START = 2.4, 450, 3.0
_WINDOW_S, _RUNS_WITHIN_S = 10, 900
_CALM_AFTER = 3
"""Windows without a run that pass before one counts: the first runs wait until the worker has loaded Prefect."""

_ROOT = Path(__file__).parents[1]
_NAMES = {"prefect-server": "Prefect's server", "worker": "Prefect's worker", "portal": "portal", "courier": "courier"}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=120)
    asked.add_argument("--own", nargs="*", default=[], help="settings of Prefect to try, in the place of dondoc's")
    chosen = asked.parse_args()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))}
    environ["PYTHONPATH"] = str(_ROOT)
    with tempfile.TemporaryDirectory() as home:
        prefect_s = _start_prefect(environ | {"PREFECT_HOME": home})
    with tempfile.TemporaryDirectory() as folder:
        own = dict(each.partition("=")[::2] for each in chosen.own)
        _measure(environ | own, folder, chosen.seconds, prefect_s)
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


def _start_prefect(environ: Mapping[str, str]) -> float:
    """Seconds until Prefect's own server answers."""
    port, began = free_port(), time.monotonic()
    command = [str(Path(sys.executable).with_name("prefect")), "server", "start", "--port", str(port)]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not responds(f"http://127.0.0.1:{port}/api/health"):
            time.sleep(0.1)
        return time.monotonic() - began
    finally:
        server.terminate()
        server.wait()


def _measure(environ: Mapping[str, str], folder: str, seconds: float, prefect_s: float) -> None:
    ports = {"DONDOC_PORT": str(free_port()), "DONDOC_PORTAL_PORT": str(free_port())}
    own = {"DONDOC_DATA_DIR": folder, "DONDOC_SAMPLE": "0", "DONDOC_PORTAL_WORKERS": "2", **ports}
    began = time.monotonic()
    up = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "up"], env={**environ, **own}, cwd=_ROOT, stdout=subprocess.PIPE, text=True
    )
    assert up.stdout is not None
    try:
        while "sẵn sàng" not in (line := up.stdout.readline()):
            if not line:
                raise SystemExit(f"dondoc up ended with {up.wait()}")
        ready_s = time.monotonic() - began
        cpu, memory = _quiet_windows(up.pid, folder, seconds)
    finally:
        up.terminate()
        up.communicate()
    print(f"{'':20}{'% of a core':>12}{'MB':>8}")
    for name, taken in cpu.items():
        print(f"{name:20}{taken:12.2f}{memory[name]:8.0f}")
    _tell("all, % of a core", sum(cpu.values()), AIM_CPU)
    _tell("all, MB", sum(memory.values()), AIM_MB)
    print(f"ready after {ready_s:.1f} s, Prefect's own server after {prefect_s:.1f} s")
    _tell("ready, times Prefect's own", ready_s / prefect_s, AIM_START)


def _quiet_windows(up: int, folder: str, seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """Per cent of a core and MB of every part, of ``seconds`` in which no run was under way."""
    cpu_s, memory, seen_s, calm = dict[str, float](), dict[str, float](), 0.0, 0
    give_up_at = time.monotonic() + _RUNS_WITHIN_S
    while seen_s < seconds:
        if time.monotonic() > give_up_at:
            raise SystemExit("runs do not end")
        before, ended, began = *_taken(up, folder), time.monotonic()
        time.sleep(_WINDOW_S)
        after, ended_until, took = *_taken(up, folder), time.monotonic() - began
        is_quiet = before.keys() == after.keys() and ended == ended_until
        calm = calm + 1 if is_quiet and not any(b"prefect.engine" in _command(pid) for pid in after) else 0
        if calm <= _CALM_AFTER:
            continue
        seen_s, memory = seen_s + took, {}
        for pid, until in after.items():
            name = _name(pid, up)
            cpu_s[name] = cpu_s.get(name, 0) + until - before[pid]
            memory[name] = memory.get(name, 0) + _pss_mb(pid)
    return {name: 100 * each / seen_s for name, each in cpu_s.items()}, memory


def _tell(what: str, ours: float, aim: float) -> None:
    print(f"{what:28}{ours:8.2f}  at most {aim:g}: {'reached' if ours <= aim else 'NOT REACHED'}")


def _processes(up: int, folder: str) -> list[int]:
    return sorted({up, *marked(folder)})


def _name(pid: int, up: int) -> str:
    """The part of dondoc that a process belongs to."""
    if pid == up:
        return "supervisor"
    name = Path(f"/proc/{pid}/comm").read_text().strip()
    return _NAMES.get(name, name)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def _taken(up: int, folder: str) -> tuple[dict[int, float], float]:
    """Seconds of CPU of every process, and of all that they have started and seen end, as runs do."""
    taken = {pid: _cpu_s(pid) for pid in _processes(up, folder)}
    return {pid: own for pid, (own, _) in taken.items()}, sum(ended for _, ended in taken.values())


def _cpu_s(pid: int) -> tuple[float, float]:
    ticks = [int(each) for each in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]]
    return sum(ticks[:2]) / os.sysconf("SC_CLK_TCK"), sum(ticks[2:]) / os.sysconf("SC_CLK_TCK")


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
