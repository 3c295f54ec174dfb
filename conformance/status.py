"""The exit statuses of the command line, which are pytest's, and one of our own."""

__all__ = ["EXIT", "Exit"]


class Exit:
    """What a status means: 3 is an error of ours, 4 one of usage, a scenario or a setting."""

    OK = 0
    FAILED = 1
    INTERRUPTED = 2
    INTERNAL = 3
    USAGE = 4
    NOTHING = 5
    NO_SERVER = 6


EXIT = Exit()
