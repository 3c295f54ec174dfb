"""IMAP as values: frames become responses, and these what one client knows of its mailbox."""
