"""A server may refuse a literal; then its octets never come (RFC 9051 section 4.3)."""

from conformance.grammar.lint import lint

SESSION = """S: * OK [CAPABILITY IMAP4rev1 LITERAL+] ready
C: a1 APPEND nowhere {{{size}}}
S: {answer}
C: a2 NOOP
S: a2 OK done
"""


def findings(answer: str, size: str = "5"):
    text = SESSION.format(answer=answer, size=size).replace("\n", "\r\n")
    return list(lint([text.encode()]))


def test_after_a_refusal_comes_the_next_command():
    assert findings("a1 NO [TRYCREATE] no such mailbox") == []
    assert findings("a1 BAD too large") == []
    assert findings("a1 NO empty", "0") == []


def test_only_the_refused_command_is_forgotten():
    assert findings("a9 NO another command")
    assert findings("* NO a warning")
    assert findings("+ go ahead")


def test_octets_that_do_not_wait_are_read_whatever_comes():
    """A literal with + is sent at once: the line after it belongs to it."""
    assert findings("a1 NO [TRYCREATE] no such mailbox", "5+")
