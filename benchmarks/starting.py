"""How long the command takes to start, beside ``python -c "import prefect"`` in the same run, and its peak memory.

Each command runs in a fresh process, all of them in turn for some rounds, on an empty store of its own. Printed are the
median of the wall-clock seconds, its ratio to the import of Prefect, and the median of the peak memory. On a machine
that is busy with other things the ratio says more than the seconds.

    python benchmarks/starting.py [--rounds 7]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
DONDOC = ("-m", "cli.main")
REFERENCE = 'python -c "import prefect"'
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    REFERENCE: ("-c", "import prefect"),
    "dondoc --help": (*DONDOC, "--help"),
    "dondoc due": (*DONDOC, "due", "ISSUE+15", "--from", "2023-08-17"),
    "dondoc plan check": (*DONDOC, "plan", "check"),
    "dondoc assignment --help": (*DONDOC, "assignment", "--help"),
    "dondoc assignment list": (*DONDOC, "assignment", "list", "--json"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
        environ |= {"DONDOC_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        for arguments in COMMANDS.values():  # compiles the modules and makes the store
            _run(arguments, environ)
        for _ in range(rounds):
            for name, arguments in COMMANDS.items():
                taken[name].append(_run(arguments, environ))
    medians = {name: [statistics.median(each) for each in zip(*runs, strict=True)] for name, runs in taken.items()}
    print(f"{'command':28}{'seconds':>9}{'ratio':>7}{'peak MiB':>10}")
    for name, (seconds, peak) in medians.items():
        print(f"{name:28}{seconds:9.2f}{seconds / medians[REFERENCE][0]:7.2f}{peak:10.0f}")


def _run(arguments: tuple[str, ...], environ: Mapping[str, str]) -> tuple[float, float]:
    """Seconds on the wall clock and MiB at the peak of one process."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environ, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)}: exit code {process.returncode}")
    return seconds, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
