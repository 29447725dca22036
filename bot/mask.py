"""No identifier leaves unmasked: every text passes here before it reaches a log, a trace, a metric or a session."""

from __future__ import annotations

from kb.entities import Kind, identifiers

STARS: dict[Kind, str] = {
    "id": "［身份证号］",
    "plate": "［车牌号］",
    "phone": "［电话号码］",
    "file": "［证件编号］",
    "card": "［卡号］",
    "passport": "［护照号］",
    "frame": "［车架号］",
}


def mask(text: str) -> str:
    """The same text with a typed word in place of each identifier. Masking twice changes nothing more."""
    parts: list[str] = []
    end = 0
    for span in identifiers(text):
        parts += (text[end : span.start], STARS[span.kind])
        end = span.end
    return "".join((*parts, text[end:]))
