"""The end of the audit trail at the foot of a coordinator's letter, which so keeps what nobody can rewrite any more."""

from dataclasses import replace
from html import escape

from notifications.words.render import Digest

_FOOT = "</div>\n</body>"


def with_trail(digest: Digest, trail: str, language: str) -> Digest:
    """``digest`` with the end of the trail below, as ``TrailAnchor.printed`` has it; as it is where that is empty."""
    if not trail:
        return digest
    if language == "vi":
        line = f"Nhật ký đến sự kiện số {trail}. Giữ thư này: mã ấy cho biết nhật ký có bị sửa về sau không."
    else:
        line = f"Audit trail up to event {trail}. Keep this letter: by it a later change of the trail is found."
    paragraph = f'<p style="margin:12px 0 0;font-size:13px;color:#4a525c">{escape(line)}</p>\n'
    return replace(
        digest,
        text=f"{digest.text.rstrip()}\n\n{line}\n",
        html=digest.html.replace(_FOOT, paragraph + _FOOT),
    )
