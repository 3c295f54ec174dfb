"""Random sessions of several clients, and the found bugs shrunk to scenario files."""
