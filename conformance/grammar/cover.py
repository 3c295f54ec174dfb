"""Whether one alternative holds no sentence that another does not, for the simple shapes.

The answer no may be wrong, the answer yes never is.
"""

from collections.abc import Mapping
from itertools import product

from conformance.grammar.compose import single
from conformance.grammar.nodes import Alt, Cat, Guard, Lit, Node, Ref, Rep, Rule

__all__ = ["covered"]

_MOST = 64

Rules = Mapping[str, Rule]
Masks = Mapping[str, int]


def covered(item: Node, other: Node, rules: Rules, masks: Masks) -> bool:
    """Return whether every sentence of ``item`` is surely one of ``other``."""
    texts = _texts(item, rules, masks)
    while isinstance(other, Ref) and isinstance(rules[other.name].node, (Ref, Guard)):
        other = rules[other.name].node
    if isinstance(other, Guard) and other.words and texts and not other.words & set(texts):
        other = other.item  # none of the words that it leaves out is among them
    shapes = _shapes(other, rules, masks)
    if not shapes:
        return False
    if texts is not None:
        return all(any(_fits(text, shape) for shape in shapes) for text in texts)
    return any(_within(item, shape, rules, masks) for shape in shapes)


Shape = tuple[bytes, int, int, bytes]
"""Head, the class between, its least count, and tail."""


def _shapes(node: Node, rules: Rules, masks: Masks) -> list[Shape]:
    match node:
        case Ref(name) if name not in masks:
            return _shapes(rules[name].node, rules, masks)
        case Alt(items):
            return [shape for item in items for shape in _shapes(item, rules, masks)]
        case Rep(item, least, None) if least < 2:
            mask = _mask(item, rules, masks)
            return [(b"", mask, least, b"")] if mask else []
        case Cat((first, *rest)):
            head = _one(first, masks)
            if head and len(rest) == 1:
                inner = _shapes(rest[0], rules, masks)
                return [(head + h, mask, least, tail) for h, mask, least, tail in inner]
            if head and len(rest) == 2:
                tail = _one(rest[1], masks)
                inner = _shapes(rest[0], rules, masks)
                return [(head + h, m, least, t + tail) for h, m, least, t in inner] if tail else []
    return []


def _mask(node: Node, rules: Rules, masks: Masks) -> int:
    """Return the octets that ``node`` can be as one octet."""
    mask = single(node, masks)
    if mask is not None:
        return mask
    if isinstance(node, Ref):
        return _mask(rules[node.name].node, rules, masks)
    if isinstance(node, Alt):
        union = 0
        for item in node.items:
            union |= _mask(item, rules, masks)
        return union
    return 0


def _one(node: Node, masks: Masks) -> bytes:
    mask = single(node, masks)
    if mask is not None and mask & (mask - 1) == 0:
        return bytes((mask.bit_length() - 1,))
    return node.text.upper() if isinstance(node, Lit) and not node.text.isalpha() else b""


def _texts(node: Node, rules: Rules, masks: Masks) -> list[bytes] | None:
    """Return all sentences of ``node``, letters in upper case, if they are few."""
    match node:
        case Lit(text, _):
            return [text.upper()]
        case Ref(name):
            mask = masks.get(name)
            if mask is None:
                inner = rules[name].node
                return _texts(inner, rules, masks) if isinstance(inner, (Lit, Alt, Cat)) else None
            return [bytes((mask.bit_length() - 1,))] if mask & (mask - 1) == 0 else None
        case Alt(items):
            found: list[bytes] = []
            for item in items:
                texts = _texts(item, rules, masks)
                if texts is None or len(found) > _MOST:
                    return None
                found.extend(texts)
            return found
        case Cat(items):
            parts = [_texts(item, rules, masks) for item in items]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts) or len(items) > 6:
                return None
            return [b"".join(choice) for choice in product(*known)]
        case _:
            mask = single(node, masks)
            return [bytes((mask.bit_length() - 1,))] if mask and mask & (mask - 1) == 0 else None


def _fits(text: bytes, shape: Shape) -> bool:
    head, mask, least, tail = shape
    if not (text.startswith(head) and text.endswith(tail)):
        return False
    middle = text[len(head) : len(text) - len(tail)]
    if len(text) < len(head) + len(tail) + least:
        return False
    both = middle + middle.lower()
    return all(mask >> value & 1 for value in both)


def _within(item: Node, shape: Shape, rules: Rules, masks: Masks) -> bool:
    """Whether ``item`` is never empty and made of the class alone, as "AUTH=" atom in an atom."""
    head, mask, _, tail = shape
    if head or tail or isinstance(item, Guard):
        return False
    parts = item.items if isinstance(item, Cat) else (item,)
    for part in parts:
        texts = _texts(part, rules, masks)
        if texts is not None:
            if not all(text and _fits(text, shape) for text in texts):
                return False
            continue
        inner = _shapes(part, rules, masks)
        if len(inner) != 1 or inner[0][0] or inner[0][3] or not inner[0][2]:
            return False
        if inner[0][1] & ~mask:
            return False
    return True
