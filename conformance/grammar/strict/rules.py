"""What the functions that narrow a grammar share: its rules, and two ways to change them."""

from collections.abc import MutableMapping
from dataclasses import replace

from conformance.grammar.nodes import Alt, Cat, Lit, Node, Ref, Rule

__all__ = ["SP", "Rules", "add", "first_words", "put"]

Rules = MutableMapping[str, Rule]

SP = Ref("sp")


def put(rules: Rules, name: str, node: Node) -> None:
    """Give the rule ``name`` another definition."""
    rules[name] = replace(rules[name], node=node)


def add(rules: Rules, name: str, like: str, node: Node) -> Ref:
    """Add a rule of ours that counts as a part of the rule ``like``; return what refers to it."""
    rules[name] = replace(rules[like], node=node)
    return Ref(name)


def first_words(node: Node, rules: Rules) -> list[bytes]:
    """Return the words with which the alternatives of ``node`` begin, in upper case."""
    match node:
        case Lit(text, _):
            return [text.upper()]
        case Cat(items) if items:
            return first_words(items[0], rules)
        case Alt(items):
            return [word for item in items for word in first_words(item, rules)]
        case Ref(name) if name in rules and name != "atom":
            return first_words(rules[name].node, rules)
        case _:
            return []
