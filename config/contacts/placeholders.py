"""Secrets that an address in contacts.yaml names as ``${NAME}``, put in from the environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class MissingSecrets(Exception):
    """Variables that are not set; ``names`` lists them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def with_secrets(url: str, environ: Mapping[str, str]) -> str:
    """The address with the value of ``NAME``, or of the file that ``NAME_FILE`` names, in place of ``${NAME}``.

    Letters like / and @ are quoted where the secret is part of «user:password@». Raises ``MissingSecrets``.
    """
    missing: list[str] = []
    login = _login(url)

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in environ:
            secret = environ[name]
        else:
            try:
                secret = Path(environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
            except (KeyError, OSError, UnicodeDecodeError):
                missing.append(name)
                return ""
        return quote(secret, safe="") if found.start() in login else secret

    full = PLACEHOLDER.sub(value, url)
    if missing:
        raise MissingSecrets(missing)
    return full


def _login(url: str) -> range:
    """Where «user:password» is in «service://user:password@host/…»."""
    masked = PLACEHOLDER.sub(lambda found: "x" * len(found[0]), url)
    found = re.match(r"[^/]*://([^/?]*)@", masked)
    return range(*found.span(1)) if found else range(0)
