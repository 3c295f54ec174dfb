"""Octets on the wire: framing of lines and literals, and the transcript. No I/O here."""
