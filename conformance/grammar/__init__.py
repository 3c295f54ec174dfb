"""The RFCs' ABNF, composed into dialects: check octets, explain violations.

No I/O but reading our own files.
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
