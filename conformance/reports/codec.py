"""A run's events as JSON objects, and back without loss.

An object holds the event's kind under ``event`` and its fields under their own
names. Reading ignores fields that it does not know and takes the default for
those that are missing, so runs of other versions of this suite can be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from conformance import events
from conformance.verdict import Verdict

__all__ = ["CodecError", "from_json", "to_json"]

_EVENTS: dict[str, type[events.Event]] = {kind.__name__: kind for kind in get_args(events.Event)}


class CodecError(ValueError):
    """A JSON object is no event; the message names the field."""


def to_json(event: events.Event) -> dict[str, Any]:
    """Return ``event`` as a JSON object."""
    return {"event": type(event).__name__} | _object(event)


def from_json(value: object) -> events.Event:
    """Return the event that ``value`` stands for; CodecError if it stands for none."""
    if not isinstance(value, dict):
        raise CodecError("an event is a JSON object")
    name = value.get("event")
    kind = _EVENTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise CodecError(f"'event' is {name!r}, which is none of {', '.join(_EVENTS)}")
    event: events.Event = _decode(kind, value, "")
    return event


def _object(value: Any) -> dict[str, Any]:
    return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}


def _encode(value: Any) -> Any:
    if isinstance(value, Verdict):
        return str(value)
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


@cache
def _shape(kind: type) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((f, hints[f.name]) for f in fields(kind))


_Decoder = Callable[[Any, str], Any]
_PLAIN: dict[type, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a string"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}


def _decode(hint: Any, value: Any, where: str) -> Any:
    if hint in _PLAIN:
        types, words = _PLAIN[hint]
        if not isinstance(value, types) or (isinstance(value, bool) and hint is not bool):
            raise CodecError(f"'{where}' is {value!r:.60}, which is not {words}")
        return float(cast("float", value)) if hint is float else value
    if hint is Verdict:
        try:
            return Verdict.parse(_decode(str, value, where))
        except ValueError as error:
            raise CodecError(f"'{where}': {error}") from None
    origin = get_origin(hint)
    if origin is UnionType:
        inner = next(arg for arg in get_args(hint) if arg is not NoneType)
        return None if value is None else _decode(inner, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise CodecError(f"'{where}' is not a list")
        item = get_args(hint)[0]
        return tuple(_decode(item, each, f"{where}[{n}]") for n, each in enumerate(value))
    if not isinstance(value, dict):
        raise CodecError(f"'{where}' is not an object")
    if origin is Mapping:
        return {
            key: _decode(get_args(hint)[1], each, f"{where}.{key}") for key, each in value.items()
        }
    return hint(**_fields(hint, value, f"{where}." if where else ""))


def _fields(kind: type, value: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    found = {}
    for f, hint in _shape(kind):
        if f.name in value:
            found[f.name] = _decode(hint, value[f.name], prefix + f.name)
        elif f.default is MISSING and f.default_factory is MISSING:
            raise CodecError(f"'{prefix}{f.name}' is missing")
    return found
