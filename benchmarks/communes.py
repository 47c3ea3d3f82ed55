"""The shipped plan with a further directive beside it, whose work a province's communes do."""

from pathlib import Path

from config.settings import PLAN_DIR

DIRECTIVE, PRIORITY = "CD-XA", "p6"

_DIRECTIVE = f"""
code: {DIRECTIVE}
title_vi: Chỉ đạo để đo
title_en: A directive to measure
date: 2023-08-17
note_vi: Đặt ra để đo.
coordinator: CAT
default_monitor: BNC
"""
_PRIORITY = f"""
code: {PRIORITY}
numeral: Sáu là
title_vi: Việc của các xã
title_en: The work of communes
subtasks:
  - code: T6.1
    title_vi: Việc phải làm
    title_en: What is to be done
    quote: đặt ra để đo
    kind: periodic
    basis: proposal
    steps:{{steps}}
"""


def written_plan(folder: Path, communes: int, steps: str, *, group: str = "communes", also: str = "") -> Path:
    """Write the plan; its last subtask has these steps.

    group  what the communes are called together
    also   further offices of that group, as a list in YAML
    """
    further = folder / "xa"
    further.mkdir(parents=True)
    for path in PLAN_DIR.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    offices = "\n".join(
        f'  - {{code: XP{n:03}, name_vi: "Xã số {n}", name_en: "Commune {n}", kind: locality, groups: [{group}]}}'
        for n in range(communes)
    )
    groups = f"groups:\n  - {{code: {group}, offices: {also}}}\n" if also else ""
    (further / "offices.yaml").write_text(f"offices:\n{offices}\n{groups}", encoding="utf-8")
    (further / "directive.yaml").write_text(_DIRECTIVE, encoding="utf-8")
    (further / f"{PRIORITY}.yaml").write_text(_PRIORITY.format(steps=steps), encoding="utf-8")
    return folder
