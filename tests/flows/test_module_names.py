"""Prefect can put flows/ at the head of the import path for good; its files must not hide anybody else's module."""

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import flows

FOLDER = Path(next(iter(flows.__path__)))
NAMES = sorted({path.stem for path in FOLDER.glob("[a-z]*.py")} | {path.parent.name for path in FOLDER.glob("*/*.py")})


def test_no_file_of_flows_bears_the_name_of_a_module_that_others_import() -> None:
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | {"portal"}
    assert NAMES, "looked in the wrong place"
    assert sorted(set(NAMES) & taken) == []


def test_what_the_command_needs_at_once_does_not_import_prefect() -> None:
    modules = "hosting.prefect.connection, flows.preview, hosting.processes.supervisor"
    program = f"import sys, {modules}; print('prefect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
