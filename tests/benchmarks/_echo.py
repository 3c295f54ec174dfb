"""A tiny IMAP server in a process of its own, that answers every command OK."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator


class _Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.rest = b""
        transport.write(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n")

    def data_received(self, data):
        *lines, self.rest = (self.rest + data).split(b"\r\n")
        answers = bytearray()
        for line in lines:
            tag, _, command = line.partition(b" ")
            if command == b"CAPABILITY":
                answers += b"* CAPABILITY IMAP4rev1 IDLE\r\n"
            elif command == b"LOGOUT":
                answers += b"* BYE bye\r\n"
            answers += tag + b" OK done\r\n"
        self.transport.write(answers)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Echo, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def echo() -> Iterator[int]:
    """Run the server and give its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks._echo"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve())
