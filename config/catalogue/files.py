"""The plan's files as plain data. What cannot be read is told with file and line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.catalogue.faults import PlanError
from config.errors import Refused
from config.text.plain_yaml import read_yaml


@dataclass
class PlanFiles:
    """What the files of a directory hold: ``contents`` of those that can be read, and ``errors``."""

    directory: Path
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[PlanError] = field(default_factory=list)

    def read(self, file: str) -> None:
        """Read one file into ``contents``, or say in ``errors`` why it cannot be read."""
        try:
            content, faults = read_yaml(self.directory / file)
        except Refused as fault:
            self._refuse(file, fault)
            return
        for each in faults:
            self._refuse(file, each)
        if isinstance(content, dict):
            self.contents[file] = content
        elif content is None:
            self._refuse(file, Refused("tệp trống", "is empty"))
        else:
            self._refuse(file, Refused("phải gồm các mục «mục: giá trị»", "must hold 'key: value' entries"))

    def _refuse(self, file: str, fault: Refused) -> None:
        self.errors.append(PlanError(file, "", None, str(fault), fault.en))
