"""``make simulate``: many lives of the whole house, each from another seed, on a simulated machine.

Ends with 1 when a law was broken in any of them; says then what was done up to there and how to live it again.

    python tests/simulation/simulate.py [--seeds 100] [--from 1] [--processes 2] [--steps]
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.simulation import house
from tests.simulation.life import Life, Lived
from tests.support.compiled_once import share_compiled_statements

SAID_EVERY_S = 10.0
LAST_STEPS = 40
_MEMORY = Path("/dev/shm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--steps", action="store_true", help="print every step of every life")
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="simulation-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        sys.exit(0 if _simulate(asked, home) else 1)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _simulate(asked: argparse.Namespace, home: Path) -> bool:
    began, said_at = time.monotonic(), time.monotonic()
    tally, broken, count, steps = Counter[str](), list[int](), 0, 0
    try:
        for lived in _all_lived(asked, home):
            count += 1
            tally += lived.tally
            steps += len(lived.steps)
            if asked.steps:
                _say(*lived.steps, f"seed {lived.seed}: {lived.digest}")
            if lived.violations:
                broken.append(lived.seed)
                _tell_broken(lived)
            if time.monotonic() - said_at > SAID_EVERY_S:
                said_at = time.monotonic()
                _say(f"{count} seeds, {count / (said_at - began):.2f} a second, {len(broken)} broken")
    except KeyboardInterrupt:
        _say("broken off")
    lasted = time.monotonic() - began
    _say(
        f"{count} seeds from {asked.first} in {lasted:.0f} s, {count / lasted:.2f} a second; {steps} steps",
        "  " + ", ".join(f"{name} {number}" for name, number in sorted(tally.items())),
        f"  broken: {', '.join(map(str, broken)) or 'none'}",
    )
    return not broken


def _all_lived(asked: argparse.Namespace, home: Path) -> Iterator[Lived]:
    template = home / "template"
    share_compiled_statements()
    house.build(template)
    seeds = range(asked.first, asked.first + asked.seeds)
    if asked.processes == 1 or len(seeds) == 1:
        yield from map(partial(live, template), seeds)
        return
    with multiprocessing.get_context("fork").Pool(asked.processes) as pool:
        yield from pool.imap(partial(live, template), seeds)


def live(template: Path, seed: int) -> Lived:
    """One life in a folder of its own beside the template; what nobody foresaw counts as a broken law."""
    life = Life(seed, template.parent / f"life-{seed}", template)
    try:
        return life.live()
    except AssertionError as fault:
        return Lived(seed, life.steps, life.tally, [f"{type(fault).__name__}: {fault}"])


def _tell_broken(lived: Lived) -> None:
    left_out = max(0, len(lived.steps) - LAST_STEPS)
    _say(
        f"seed {lived.seed} is broken; live it again with: make simulate SEEDS=1 FROM={lived.seed}",
        *([f"  … {left_out} steps before"] if left_out else []),
        *(f"  {each}" for each in lived.steps[left_out:]),
        *(f"  VIOLATION {each}" for each in lived.violations[:10]),
    )


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
