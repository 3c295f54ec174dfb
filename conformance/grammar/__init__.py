"""The RFCs' ABNF, composed into dialects: check octets, explain violations.

No I/O but reading our own files.

The way of a frame: ``cutter`` takes the octets of literals out; ``fast`` (expressions that
``patterns`` writes out of the grammar) accepts nearly all that is well-formed; what is left goes
to ``matcher``, exact for any context-free grammar, on the automata of ``network``; ``reasons``
and ``words`` say what is wrong, ``quirks`` whether it is an old acquaintance. ``library`` reads
the files in ``abnf``, ``compose`` puts them together, ``dialect`` says which, and
``strict.overlay`` narrows the result to what the prose allows.
"""

from conformance.grammar.check import check_command, check_response
from conformance.grammar.describe import RuleText, UnknownRule, explain
from conformance.grammar.dialect import Dialect, dialect
from conformance.grammar.lint import LintFinding, lint
from conformance.grammar.other import check_pop3, check_smtp
from conformance.grammar.violation import Violation

__all__ = [
    "Dialect",
    "LintFinding",
    "RuleText",
    "UnknownRule",
    "Violation",
    "check_command",
    "check_pop3",
    "check_response",
    "check_smtp",
    "dialect",
    "explain",
    "lint",
]
