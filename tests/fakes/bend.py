"""Put a fault, or an oddity, into a faultless conversation."""

from tests.fakes.bases import BASES, LAST, PARTS, PLAIN, octets
from tests.fakes.faults import Fault


def bend(fault: Fault) -> str:
    """Return the conversation with the fault in it; LookupError if its place is not there."""
    return put(BASES[fault.base], fault.old, fault.new)


def put(text: str, old: str, new: str) -> str:
    lines = text.splitlines()
    at = _find(lines, old)
    for name, message in (("@PLAIN@", PLAIN), ("@PARTS@", PARTS), ("@LAST@", LAST)):
        new = new.replace(name, str(octets(message)))
    if new == "-":
        del lines[at]
        return "\n".join(lines)
    if new.startswith("@ENV@"):
        one, other = new.removeprefix("@ENV@").split("@TO@")
        if one not in lines[at]:
            raise LookupError(one)
        lines[at] = lines[at].replace(one, other, 1)
        return "\n".join(lines)
    pieces = new.split("\n")
    later = [piece for piece in pieces if piece.startswith("@")]
    lines[at : at + 1] = [piece for piece in pieces if not piece.startswith("@")]
    for piece in later:
        if piece.startswith("@DROP@"):
            gone = piece.removeprefix("@DROP@")
            del lines[max(n for n, line in enumerate(lines) if line.startswith(gone))]
        else:
            one, other = piece.removeprefix("@LATER@").split("@TO@")
            lines[_find(lines, one)] = other
    return "\n".join(lines)


def _find(lines: list[str], old: str) -> int:
    start, _, count = old.partition("#")
    # A whole line if it is one, else what begins so; the n-th of them.
    exact = [at for at, line in enumerate(lines) if line == start]
    found = exact or [at for at, line in enumerate(lines) if line.startswith(start)]
    wanted = int(count) if count else 1
    if len(found) < wanted:
        raise LookupError(f"{old!r} is not there {wanted} times")
    return found[wanted - 1]
