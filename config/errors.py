"""The one family of errors that are meant to be read by the people who use dondoc.

Refused                 something asked for cannot be done; nothing was written
├── PlanErrors          (config.catalogue.loader) the plan has faults, all of them listed
├── SettingsErrors      (config.settings) the environment has faults, all of them listed
└── …                   (models.tables.errors) a verb refused by the state of an assignment
"""

from collections.abc import Sequence


class Refused(Exception):
    """Something asked for cannot be done, said in words; nothing was half-written.

    ``str(error)`` is the Vietnamese sentence, ``error.en`` the English one. Both name the value
    that is wrong and what to do. ``details`` are further lines, one fault each, and ``details_en`` the same
    lines in English; a fault in both languages is given as a ``Refused`` of its own.

    The sentences are for pages and for commands alike. ``command`` is what helps at a command line beside them: an
    option («--reason») or a command; ``commands`` the same for each detail.
    """

    def __init__(self, vi: str, en: str = "", *, details: Sequence["str | Refused"] = (), command: str = "") -> None:
        super().__init__(vi)
        self.en = en or vi
        self.command = command
        self.commands = tuple(each.command if isinstance(each, Refused) else "" for each in details)
        self.details = tuple(str(each) for each in details)
        self.details_en = tuple(each.en if isinstance(each, Refused) else each for each in details)

    @property
    def faults(self) -> "Sequence[Refused]":
        """Each detail as a refusal of its own; this one when there are no details."""
        each = zip(self.details, self.details_en, self.commands, strict=True)
        return [Refused(vi, en, command=command) for vi, en, command in each] or [self]


def refuse_all(faults: Sequence[Refused]) -> None:
    """Raise the one fault there is, or all of them as one refusal; nothing without faults."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Refused(
            f"Chưa làm gì, có {len(faults)} chỗ phải sửa:",
            f"Nothing was done; there are {len(faults)} things to correct:",
            details=faults,
        )
