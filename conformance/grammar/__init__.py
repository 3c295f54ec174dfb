"""The RFCs' ABNF, composed into dialects: check octets, explain violations.

No I/O but reading our own files.
"""

from conformance.grammar.check import check_command, check_response
from conformance.grammar.dialect import Dialect, dialect
from conformance.grammar.violation import Violation

__all__ = ["Dialect", "Violation", "check_command", "check_response", "dialect"]
