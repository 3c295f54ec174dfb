"""The checks that run over every transcript, in the order in which they look."""

from conformance.check.always.behaviours import Behaviours
from conformance.check.always.between import Between
from conformance.check.always.capability import CAPABILITY
from conformance.check.always.content import CONTENT
from conformance.check.always.contract_codes import CODES, UNTAGGED_CODES
from conformance.check.always.contract_fetch import FETCHING
from conformance.check.always.contract_limits import LIMITS
from conformance.check.always.contract_lists import LISTING, UNTAGGED
from conformance.check.always.contract_table import COMPLETING
from conformance.check.always.contract_turns import TURNS
from conformance.check.always.lens import Lens
from conformance.check.always.pop3 import Pop3
from conformance.check.always.preview import PREVIEW
from conformance.check.always.rules import Rule, Rules
from conformance.check.always.search import SEARCHING
from conformance.check.always.view_flags import FLAGS
from conformance.check.always.view_numbers import NUMBERS
from conformance.check.always.view_select import SELECTING
from conformance.check.always.view_uids import UIDS
from conformance.check.always.view_vanished import VANISHED
from conformance.check.base import Check

__all__ = ["always"]


def _merged(*tables: dict[str, tuple[Rule, ...]]) -> dict[str, tuple[Rule, ...]]:
    merged: dict[str, tuple[Rule, ...]] = {}
    for table in tables:
        for kind, rules in table.items():
            merged[kind] = merged.get(kind, ()) + rules
    return merged


def always() -> list[Check]:
    """Return fresh checks for one transcript; the lens comes before all that look through it."""
    lens = Lens()
    tables = {
        "view": _merged(NUMBERS, UIDS, VANISHED, SELECTING, FLAGS),
        "contract": _merged(
            TURNS,
            UNTAGGED,
            UNTAGGED_CODES,
            LIMITS,
            {"tagged": COMPLETING + FETCHING + LISTING + CODES},
        ),
        "content": _merged(CONTENT, PREVIEW),
        "search": SEARCHING,
        "capability": CAPABILITY,
    }
    return [
        lens,
        Rules(tables, lens),
        Pop3(),
        Between(lens),
        Behaviours(lens),
    ]
