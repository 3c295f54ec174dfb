"""One file, several results: ``<name>`` in its texts stands for the value of each case."""

import re
from collections.abc import Mapping as Table
from dataclasses import replace

from conformance.scenario.problems import suggest
from conformance.scenario.reading import Reading
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence

__all__ = ["BLANK", "COLUMN", "blanks", "check_blanks", "fill"]

COLUMN = re.compile(r"[a-z][a-z0-9_]*")
BLANK = re.compile(rf"<({COLUMN.pattern})>")


def fill(node: Node, values: Table[str, str]) -> Node:
    """Return the tree with each ``<name>`` replaced; the table of cases itself left out."""
    if isinstance(node, Scalar):
        text = BLANK.sub(lambda match: values.get(match[1], match[0]), node.value)
        return node if text == node.value else replace(node, value=text, verbatim=False)
    if isinstance(node, Sequence):
        return replace(node, items=tuple(fill(item, values) for item in node.items))
    pairs = []
    for key, value in node.pairs:
        filled = fill(key, values)
        if isinstance(filled, Scalar) and key.value != "cases":
            pairs.append((filled, fill(value, values)))
    return Mapping(tuple(pairs), node.place)


def blanks(node: Node) -> list[tuple[str, Scalar]]:
    """Return each ``<name>`` in the tree with the text it stands in; not those of the table."""
    if isinstance(node, Scalar):
        return [(match[1], node) for match in BLANK.finditer(node.value)]
    if isinstance(node, Sequence):
        return [found for item in node.items for found in blanks(item)]
    return [
        found
        for key, value in node.pairs
        if key.value != "cases"
        for part in (key, value)
        for found in blanks(part)
    ]


def check_blanks(node: Node, columns: Table[str, object], reading: Reading) -> None:
    """Note each ``<name>`` that no case has a value for."""
    for name, scalar in blanks(node):
        if name not in columns:
            place = scalar.at(scalar.value.index(f"<{name}>"))
            reading.wrong(place, f"no case has a value '{name}'{suggest(name, columns)}")
