"""Clients of each protocol: they send, receive and record."""
