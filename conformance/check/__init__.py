"""Checks: a transcript and its scenario go in, findings come out. No I/O."""
