"""JSON as bytes, as it is stored and sent between workers; on the way of every push, so by the quickest library."""

from __future__ import annotations

import orjson

decode = orjson.loads


def encode(doc: object) -> bytes:
    """UTF-8. Half a surrogate pair, which JSON from a browser may hold, has no bytes: it becomes a question mark."""
    try:
        return orjson.dumps(doc)
    except TypeError:
        return orjson.dumps(_sound(doc))


def _sound(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {name: _sound(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_sound(inner) for inner in value]
        case _:
            return value
