"""Scenarios name mailboxes as if all servers had the same namespace."""

import pytest

from conformance.imap.namespace import Namespace

COURIER = Namespace("INBOX.", ".")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("SELECT Projects/2026", "SELECT INBOX.Projects.2026"),
        ("SELECT inbox", "SELECT inbox"),
        ("SELECT INBOX.Sent", "SELECT INBOX.Sent"),
        ('CREATE "My mail"', 'CREATE "INBOX.My mail"'),
        ("RENAME Old New/Deep", "RENAME INBOX.Old INBOX.New.Deep"),
        ("UID COPY 1:* Kept", "UID COPY 1:* INBOX.Kept"),
        ("COPY 1 $box", "COPY 1 $box"),
        (
            'LIST (SUBSCRIBED) "" % RETURN (CHILDREN)',
            'LIST (SUBSCRIBED) "" INBOX.% RETURN (CHILDREN)',
        ),
        ('LIST "" *', 'LIST "" *'),
        ('LIST "" ""', 'LIST "" ""'),
        ("APPEND Sent (\\Seen) message(x)", "APPEND INBOX.Sent (\\Seen) message(x)"),
        ("STATUS Sent (MESSAGES)", "STATUS INBOX.Sent (MESSAGES)"),
        ("FETCH 1 (FLAGS)", "FETCH 1 (FLAGS)"),
        ("UID", "UID"),
        ('LIST Trip/Rome ""', 'LIST INBOX.Trip.Rome ""'),
        ('LSUB $prefix "*Team"', 'LSUB $prefix "*Team"'),
        ('CREATE {"Two Words"}', 'CREATE {"INBOX.Two Words"}'),
        ('LIST {""} {"Pl%"+}', 'LIST {""} {"INBOX.Pl%"+}'),
    ],
)
def test_names_in_commands_become_the_servers(written, sent):
    assert COURIER.command(written) == sent
    assert Namespace().command(written) == written
