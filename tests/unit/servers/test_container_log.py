"""A container's log is read line by line, each once, however many came at a time."""

from datetime import UTC, datetime, timedelta

from conformance.servers.container_log import ContainerLog

START = datetime(2026, 1, 1, tzinfo=UTC)


class Container:
    """Logs as the engine gives them: from a whole second on, the last ``tail`` of them."""

    def __init__(self):
        self.lines = []
        self.asked = []

    def write(self, *texts):
        for text in texts:
            at = START + timedelta(milliseconds=10 * len(self.lines))
            self.lines.append((at, text))

    def logs(self, *, timestamps, since, tail):
        assert timestamps
        self.asked.append(tail)
        chosen = [line for line in self.lines if since is None or line[0] >= since][-tail:]
        return "".join(f"{at:%Y-%m-%dT%H:%M:%S.%f}000Z {text}\n" for at, text in chosen).encode()


def test_each_line_comes_once():
    log, container = ContainerLog(), Container()
    container.write("one", "two")
    assert log.read(container) == ["one", "two"]
    assert log.read(container) == []
    container.write("three")
    assert log.read(container) == ["three"]
    assert log.tail(2) == "two\nthree"


def test_many_at_a_time_are_all_read():
    log, container = ContainerLog(), Container()
    container.write("before")
    log.read(container)
    container.write(*(f"line {n}" for n in range(500)))
    assert log.read(container) == [f"line {n}" for n in range(500)]
    assert log.read(container) == []


def test_few_lines_are_asked_for_while_few_are_new():
    log, container = ContainerLog(), Container()
    container.write(*(f"line {n}" for n in range(500)))
    log.read(container)
    container.asked.clear()
    container.write("one more")
    assert log.read(container) == ["one more"]
    assert max(container.asked) < 100
