"""Servers to play on: containers, processes, embedded ones and other people's, behind one protocol."""
