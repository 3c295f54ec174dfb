"""IMAP as values: a frame becomes a typed response; responses become one client's view of its mailbox."""
