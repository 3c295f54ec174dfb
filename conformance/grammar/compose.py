"""Put ABNF files together into one grammar, and work out what each rule can begin with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.grammar.abnf_reader import AbnfFile
from conformance.grammar.nodes import Alt, Cat, Chars, Lit, Node, Ref, Rep, Rule, references

__all__ = ["Grammar", "GrammarError", "compose"]


class GrammarError(ValueError):
    """The files do not make a grammar: a rule is missing."""


@dataclass(frozen=True, eq=False)
class Grammar:
    """Rules by lower-case name, framed: counted literals hold no octets, a command ends at CRLF."""

    rules: Mapping[str, Rule]
    files: tuple[str, ...]

    def rule(self, name: str) -> Rule:
        """Return the rule ``name``, in any case; GrammarError if there is none."""
        try:
            return self.rules[name.lower()]
        except KeyError:
            raise GrammarError(f"no rule '{name}' in {', '.join(self.files)}") from None

    def reachable(self, *roots: str) -> list[str]:
        """Return the names of the rules that ``roots`` need, roots first."""
        seen = dict.fromkeys(root.lower() for root in roots)
        queue = list(seen)
        while queue:
            for name in references(self.rule(queue.pop()).node):
                if name not in seen:
                    seen[name] = None
                    queue.append(name)
        return list(seen)

    @cached_property
    def masks(self) -> Mapping[str, int]:
        """The rules that are one octet out of a set, as masks."""
        found: dict[str, int] = {}
        pending = dict(self.rules)
        while True:
            new = {
                name: mask
                for name, rule in pending.items()
                if (mask := single(rule.node, found)) is not None
            }
            if not new:
                return found
            found |= new
            for name in new:
                del pending[name]


def single(node: Node, masks: Mapping[str, int]) -> int | None:
    """Return the mask of a node that is always one octet out of a set, else None."""
    if isinstance(node, Chars):
        return node.mask
    if isinstance(node, Lit) and len(node.text) == 1:
        both = {node.text} if node.exact else {node.text.lower(), node.text.upper()}
        return sum(1 << text[0] for text in both)
    if isinstance(node, Ref):
        return masks.get(node.name)
    if isinstance(node, Alt):
        mask = 0
        for item in node.items:
            part = single(item, masks)
            if part is None:
                return None
            mask |= part
        return mask
    return None


def compose(
    files: Iterable[AbnfFile],
    spare: Iterable[AbnfFile] = (),
    without: frozenset[tuple[str, int]] = frozenset(),
    *,
    framed: bool = True,
) -> Grammar:
    """Return the grammar of ``files``.

    The first ``=`` of a rule counts: a base knows better than an older RFC that it took
    in (such as tag-string in RFC 9051 and 4466). Every ``=/`` then adds its alternatives.
    ``spare`` files lend rules that are referred to and defined nowhere else; ``without``
    names the places (file and line) of additions that do not count. ``framed`` drops from
    the rules what the framing takes out of a frame.
    """
    files = tuple(files)
    rules: dict[str, Rule] = {}
    for file in files:
        for rule in file.rules:
            if not rule.incremental:
                rules.setdefault(rule.name.lower(), rule)
    lent = {
        rule.name.lower(): rule for file in spare for rule in file.rules if not rule.incremental
    }
    for file in files:
        for rule in file.rules:
            if rule.incremental and (rule.file, rule.line) not in without:
                name = rule.name.lower()
                base = rules.get(name) or lent.get(name)
                rules[name] = _extended(base, rule) if base else replace(rule, incremental=False)
    queue = list(rules)
    while queue:
        for name in references(rules[queue.pop()].node):
            if name not in rules and name in lent:
                rules[name] = lent[name]
                queue.append(name)
    for name in ("sequence-set", "uid-set"):
        if name in rules:
            rules[name] = _listed(rules[name])
    if framed:
        rules = {name: replace(rule, node=_framed(rule.node)) for name, rule in rules.items()}
    return Grammar(rules, tuple(file.name for file in files))


def _extended(base: Rule, more: Rule) -> Rule:
    old = base.node.items if isinstance(base.node, Alt) else (base.node,)
    new = more.node.items if isinstance(more.node, Alt) else (more.node,)
    return replace(base, node=Alt((*old, *(item for item in new if item not in old))))


def _listed(rule: Rule) -> Rule:
    """State a set that contains itself as a list: the same sentences, each in one way."""
    node = rule.node
    first, *last = node.items if isinstance(node, Alt) else (node,)
    match first:
        case Cat((element, Rep(Cat((Lit(b",") as comma, Ref(again))), 0, _))) if (
            again == rule.name.lower()
        ):
            more = Rep(Cat((comma, element)), 0, None)
            end = [Rep(Cat((comma, Alt(tuple(last)))), 0, 1)] if last else []
            return replace(rule, node=Alt((Cat((element, more, *end)), *last)))
        case _:
            return rule


_CRLF = Ref("crlf")
_PAYLOADS = {"char8", "octet"}


def _framed(node: Node) -> Node:
    """Drop what the framing takes out: a literal's octets, and what comes in a later frame."""
    if isinstance(node, Rep):
        return Rep(_framed(node.item), node.least, node.most)
    if isinstance(node, Alt):
        return Alt(tuple(_framed(item) for item in node.items))
    if not isinstance(node, Cat):
        return node
    items: list[Node] = []
    for index, item in enumerate(node.items):
        if _starts_with_crlf(item):
            break  # as in *(CRLF base64)
        if item == _CRLF and index + 1 < len(node.items):
            after = node.items[index + 1]
            if _payload(after):
                return Cat((*items, item, *(_framed(rest) for rest in node.items[index + 2 :])))
            if not _literal_head(node.items[:index]):
                break  # as in "IDLE" CRLF "DONE"
        items.append(_framed(item))
    return items[0] if len(items) == 1 else Cat(tuple(items))


def _payload(node: Node) -> bool:
    return isinstance(node, Rep) and isinstance(node.item, Ref) and node.item.name in _PAYLOADS


def _literal_head(items: tuple[Node, ...]) -> bool:
    return bool(items) and items[-1] == Lit(b"}")


def _starts_with_crlf(node: Node) -> bool:
    if not isinstance(node, Rep) or node.least:
        return False
    return isinstance(node.item, Cat) and node.item.items[0] == _CRLF and not node.least
