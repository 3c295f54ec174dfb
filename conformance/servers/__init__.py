"""Servers to play on, behind one protocol: containers, processes, other people's."""
