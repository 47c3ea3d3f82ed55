"""Plans written in a few lines, in a folder or in one file."""

import shutil
from pathlib import Path
from textwrap import dedent

from config.catalogue.folders import ONE_FILE, TEXT_FILE, further_folders
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan

OFFICES = """
offices:
  - {code: UBND, name_vi: Ủy ban nhân dân tỉnh, kind: state}
  - {code: SYT, name_vi: Sở Y tế, groups: [departments]}
  - {code: STC, name_vi: Sở Tài chính, aliases: [Sở Tài chính - Vật giá], groups: [departments]}
  - {code: SNV, name_vi: Sở Nội vụ, groups: [departments]}
  - {code: SKHDT, name_vi: Sở Kế hoạch và Đầu tư, valid_to: 2025-02-28, successor: STC}
  - {code: VHTT, name_vi: "Sở Văn hóa, Thể thao và Du lịch"}
  - {code: HOI, name_vi: Hiệp hội Doanh nghiệp tỉnh, kind: hiệp hội}
"""

DIRECTIVE = """
directive:
  code: KH-45
  title_vi: Kế hoạch số 45/KH-UBND
  date: 2025-01-06
  coordinator: UBND
"""


def one_file(path: Path, priorities: str, *, directive: str = "", more: str = "") -> Path:
    """A plan in one file; ``priorities`` are the entries of the list, ``directive`` more keys of the directive."""
    lines = [DIRECTIVE.rstrip(), *(f"  {line}" for line in dedent(directive).strip().splitlines()), OFFICES, more]
    path.write_text("\n".join([*lines, "priorities:", dedent(priorities).strip("\n"), ""]), encoding="utf-8")
    return path


def one_step(path: Path, step: str, *, subtask: str = "", directive: str = "", more: str = "") -> Path:
    """A plan with one subtask of one step; the keys of both are given."""
    priorities = ["- title_vi: Nhiệm vụ", "  subtasks:", "    - code: T1.1", "      title_vi: Xây dựng kế hoạch"]
    priorities += [f"      {line}" for line in dedent(subtask).strip().splitlines()]
    priorities += ["      steps:", "        - key: plan"]
    priorities += [f"          {line}" for line in dedent(step).strip().splitlines()]
    return one_file(path, "\n".join(priorities), directive=directive, more=more)


def plan_of(path: Path, step: str, *, subtask: str = "", directive: str = "", more: str = "") -> Plan:
    """The plan of ``one_step``, loaded."""
    return load_plan(one_step(path, step, subtask=subtask, directive=directive, more=more))


def copy_plan(source: Path, target: Path) -> None:
    """Copy a plan's files, including those of further directives, into an existing folder."""
    if source.is_file():
        shutil.copyfile(source, target / ONE_FILE)
        source = source.parent
        for path in sorted(each for each in source.iterdir() if TEXT_FILE.fullmatch(each.name)):
            shutil.copyfile(path, target / path.name)
        return
    for folder in (source, *further_folders(source)):
        into = target / folder.relative_to(source)
        into.mkdir(exist_ok=True)
        for path in sorted(each for each in folder.iterdir() if each.is_file()):
            if path.suffix == ".yaml" or TEXT_FILE.fullmatch(path.name):
                shutil.copyfile(path, into / path.name)
