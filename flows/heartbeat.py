"""A sign of life outside the process: whoever watches it notices when the sweeps fall silent.

A file is touched or an address fetched after each run that came to its end. The address may hold a secret, so it is
never repeated; httpx would log it, so it is not used.
"""

import urllib.error
import urllib.request
from pathlib import Path

ANSWERS_WITHIN_S = 5.0


def beat(target: str) -> str:
    """Give the sign; gives why it could not be given, in Vietnamese, or nothing.

    target  path of a file or address of a page; empty where nobody watches
    """
    if not target:
        return ""
    try:
        if target.startswith(("http://", "https://")):
            with urllib.request.urlopen(target, timeout=ANSWERS_WITHIN_S):
                return ""
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except urllib.error.HTTPError as refused:
        refused.close()
        return f"nơi nhận dấu hiệu trả lời mã {refused.code}"
    except (OSError, ValueError) as fault:
        return f"không tới được nơi nhận dấu hiệu ({type(fault).__name__})"
    return ""
