"""Whether what stands in a step fits its verb: keys, arguments, numbers."""

from conformance.scenario.problems import suggest
from conformance.scenario.reading import Reading, seconds
from conformance.scenario.tree import Node, Scalar, Sequence
from conformance.scenario.words import BRANCH, PIECES, Verb

__all__ = ["Fields", "arguments", "blind", "in_pieces", "library", "times", "unfit"]

Fields = dict[str, tuple[Scalar, Node]]
_EXPECTATIONS = frozenset(BRANCH) | {"either", "behaviour", "within"}


def unfit(
    reading: Reading, action: Node, fields: Fields, word: str, verb: Verb, *, lane: bool
) -> None:
    """Note keys that mean nothing with this verb, and a verb out of its place."""
    if word == "meets" and not lane:
        reading.wrong(action.place, "'meets' stands in a lane of 'together'")
    if word == "meets" and "if" in fields:
        reading.wrong(fields["if"][0].place, "'meets' is never passed over; no 'if'")
    if not verb.sees:
        blind(reading, fields, f"'{word}' sees nothing")
    if "ends" in fields and verb.ends != "any":
        key, value = fields["ends"]
        if not verb.ends:
            reading.wrong(key.place, f"nothing completes '{word}'; no 'ends'")
        elif isinstance(value, Scalar) and value.value != verb.ends:
            message = f"nothing completes '{word}'; at most the server's goodbye, 'ends: BYE'"
            reading.wrong(value.place, message)
    if not verb.writes and "in pieces" in fields:
        message = f"'{word}' writes nothing that could go out 'in pieces'"
        reading.wrong(fields.pop("in pieces")[0].place, message)


def blind(reading: Reading, fields: Fields, message: str) -> None:
    """Note expectations where nothing is seen, and forget them."""
    for name in _EXPECTATIONS & fields.keys():
        reading.wrong(fields[name][0].place, f"{message}; no '{name}'")
        del fields[name]


def library(reading: Reading, name: str, verb: str, action: Node, fields: Fields) -> None:
    """Note what a client library cannot be told to do."""
    message = f"'{name}' is a client library, which writes as it likes: "
    if verb == "sends" or isinstance(action, Sequence):
        what = "no 'sends'" if verb else "one command at a time"
        reading.wrong(action.place, message + what)
    if "in pieces" in fields:
        reading.wrong(fields.pop("in pieces")[0].place, message + "no 'in pieces'")


def arguments(
    reading: Reading, actors: tuple[str, ...], verb: str, wanted: str, text: str, node: Scalar
) -> None:
    """Note arguments of a word for server or network that are not what it wants."""
    words = text.split()
    kinds = wanted.split()
    if len(words) != len(kinds):
        form = " ".join(k.upper() for k in kinds) or "nothing"
        reading.wrong(node.place, f"{form} follows '{verb}'")
        return
    for word, kind in zip(words, kinds, strict=True):
        place = node.at(node.value.rfind(word))
        if kind == "actor":
            reading.known(word, actors, place, "actor")
        elif kind == "duration" and seconds(word) is None:
            reading.wrong(place, f"'{word}' is no time; write 5s, 300ms or 2m")
        elif kind == "number" and not (word.isascii() and word.isdigit() and int(word)):
            reading.wrong(place, f"'{word}' is no number of octets")


def in_pieces(reading: Reading, node: Node) -> str:
    """Return how a command is cut: a number of octets, or one of PIECES."""
    text = reading.text(node, "'in pieces'")
    number = text.isascii() and text.isdigit() and len(text) < 8 and not text.startswith("0")
    if text and not number and text not in PIECES:
        message = f"'in pieces' is a number of octets, {' or '.join(PIECES)}, not '{text}'"
        reading.wrong(node.place, message + suggest(text, PIECES))
    return text


def times(reading: Reading, node: Node) -> int:
    """Return how often lanes race."""
    text = reading.text(node, "'times'")
    if text.isascii() and text.isdigit() and len(text) < 5 and int(text) > 1:
        return int(text)
    reading.wrong(node.place, f"'times' is a number from 2 to 9999, not '{text}'")
    return 1
