"""A scripted server that tells those who sent NOTIFY SET of what other connections do."""

from tests.fakes.imap_script import ScriptedServer


class PushingServer(ScriptedServer):
    """``news``: what a command contains -> what those who watch are sent; the first that fits."""

    def __init__(self, answers=None, news=()):
        super().__init__(answers)
        self.news = list(news)
        self._watching = []

    async def heard(self, command, writer):
        words = command.upper().split()
        if words[1:3] == ["NOTIFY", "SET"]:
            self._watching.append(writer)
            return
        for part, text in self.news:
            if part in command:
                for other in self._watching:
                    if other is not writer:
                        other.write(text.encode("latin-1"))
                        await other.drain()
                return
