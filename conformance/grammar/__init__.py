"""The RFCs' ABNF, composed into dialects: check octets, explain violations. No I/O but reading our own files."""
