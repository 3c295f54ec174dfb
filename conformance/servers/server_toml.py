"""Reads ``server.toml``: right becomes a Definition, wrong is named with its key."""

import re
import string
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.servers.base import Credentials, ServerError
from conformance.servers.definition import SERVICES, Build, Definition, Limits

__all__ = ["DefinitionError", "read_definition"]


class DefinitionError(ServerError):
    """A ``server.toml`` is not what it should be; the message names file and key."""


def read_definition(folder: Path) -> Definition:
    """Read ``folder``/server.toml; DefinitionError names the key that is wrong."""
    file = folder / "server.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{file} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{file}: {error}") from None
    return _Reader(file).definition(table)


class _Reader:
    """Takes keys out of tables and complains about what is missing, wrong or left over."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def fail(self, message: str) -> DefinitionError:
        return DefinitionError(f"{self.file}: {message}")

    def definition(self, table: dict[str, Any]) -> Definition:
        users = self.take(table, "users", dict, {})
        version = self.take(table, "version", dict, {})
        wait = self.take(table, "wait", dict, {})
        log = self.take(table, "log", dict, {})
        offers = self.take(table, "offers", dict, {})
        process = self.take(table, "process", dict, {})
        result = Definition(
            name=self.folder_name(self.take(table, "name", str, self.file.parent.name)),
            folder=self.file.parent,
            title=self.take(table, "title", str, ""),
            ports=self.ports(self.take(table, "ports", dict, {})),
            builds=self.builds(self.take(table, "build", list, [])),
            version=self.words(version, "command"),
            version_pattern=self.group(self.take(version, "pattern", str, r"(\d[\w.]*)")),
            password=self.take(users, "password", str, "secret"),
            user_pattern=self.user_pattern(self.take(users, "name", str, "u-{scope}-{user}")),
            accounts=self.accounts(self.take(users, "accounts", dict, {})),
            admin=self.admin(self.take(users, "admin", dict, {})),
            crashes=tuple(self.pattern(each) for each in self.words(log, "crashes")),
            harmless=tuple(self.pattern(each) for each in self.words(log, "harmless")),
            capabilities=frozenset(self.words(offers, "capabilities")),
            features=frozenset(self.words(offers, "features")),
            facts=self.strings(table, "facts"),
            start_seconds=self.number(wait, "start", 30),
            stop_seconds=int(self.number(wait, "stop", 5)),
            limits=self.limits(self.take(table, "limits", dict, {})),
            environment=self.strings(table, "environment"),
            variants={
                name: self.strings({name: each}, name)
                for name, each in self.take(table, "variants", dict, {}).items()
            },
            command=self.words(process, "command"),
            command_version=self.words(process, "version"),
        )
        for where, rest in (
            ("", table), ("users.", users), ("version.", version),
            ("wait.", wait), ("log.", log), ("offers.", offers), ("process.", process),
        ):  # fmt: skip
            self.nothing_left(rest, where)
        if "imap" not in result.ports and "imaps" not in result.ports:
            raise self.fail("[ports] needs imap or imaps")
        return result

    def take(self, table: dict[str, Any], key: str, kind: type[Any], default: Any) -> Any:
        value = table.pop(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(f"'{key}' must be a {_WORDS[kind]}, not {value!r}")
        return dict(value) if kind is dict else value

    def folder_name(self, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
            raise self.fail(f"'name' is made of a-z, 0-9, '.', '_' and '-', not '{name}'")
        return name

    def ports(self, table: dict[str, Any]) -> dict[str, int]:
        for service, port in table.items():
            if service not in SERVICES:
                raise self.fail(f"[ports] knows {', '.join(SERVICES)}, not '{service}'")
            if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
                raise self.fail(f"[ports] {service} must be a port number, not {port!r}")
        return table

    def builds(self, tables: list[Any]) -> tuple[Build, ...]:
        builds = tuple(self.build(table) for table in tables)
        names = [build.version for build in builds]
        for name in names:
            if names.count(name) > 1:
                raise self.fail(f"there are two builds '{name}'")
        return builds

    def build(self, table: Any) -> Build:
        if not isinstance(table, dict) or "version" not in table:
            raise self.fail("each [[build]] needs 'version'")
        table = dict(table)
        build = Build(
            version=self.take(table, "version", str, ""),
            suite=self.take(table, "suite", str, ""),
            dockerfile=self.take(table, "dockerfile", str, "Dockerfile"),
            context=self.take(table, "context", str, "."),
            args=self.strings(table, "args"),
            capabilities=frozenset(self.words(table, "capabilities")),
            features=frozenset(self.words(table, "features")),
        )
        self.nothing_left(table, "build.")
        if not (self.file.parent / build.context / build.dockerfile).is_file():
            raise self.fail(f"build {build.version}: no {build.context}/{build.dockerfile}")
        return build

    def accounts(self, table: dict[str, Any]) -> dict[str, Credentials]:
        return {user: self.credentials(each, user) for user, each in table.items()}

    def admin(self, table: dict[str, Any]) -> Credentials | None:
        return self.credentials(table, "admin") if table else None

    def credentials(self, table: Any, what: str) -> Credentials:
        if not isinstance(table, dict) or set(table) != {"user", "password"}:
            raise self.fail(f"'{what}' needs exactly 'user' and 'password'")
        return Credentials(str(table["user"]), str(table["password"]))

    def limits(self, table: dict[str, Any]) -> Limits:
        default = Limits()
        limits = replace(
            default,
            memory=self.take(table, "memory", str, default.memory),
            pids=self.take(table, "pids", int, default.pids),
            tmpfs=self.strings(table, "tmpfs") or default.tmpfs,
        )
        self.nothing_left(table, "limits.")
        return limits

    def strings(self, table: dict[str, Any], key: str) -> dict[str, str]:
        value = self.take(table, key, dict, {})
        if not all(isinstance(each, str) for each in value.values()):
            raise self.fail(f"the values of '{key}' must be strings")
        return value  # type: ignore[no-any-return]

    def words(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = self.take(table, key, list, [])
        if not all(isinstance(each, str) for each in value):
            raise self.fail(f"'{key}' must be a list of strings")
        return tuple(value)

    def number(self, table: dict[str, Any], key: str, default: float) -> float:
        value = table.pop(key, default)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
            raise self.fail(f"'{key}' must be a number of seconds, not {value!r}")
        return float(value)

    def pattern(self, text: str) -> str:
        try:
            re.compile(text)
        except re.error as error:
            raise self.fail(f"'{text}' is no regular expression: {error}") from None
        return text

    def group(self, text: str) -> str:
        """Check a pattern whose one group takes something out."""
        if re.compile(self.pattern(text)).groups != 1:
            raise self.fail(f"'pattern' = '{text}' needs one group, which takes the version out")
        return text

    def user_pattern(self, text: str) -> str:
        try:
            fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            raise self.fail(f"'name' of [users]: {error}") from None
        if fields - {"scope", "user"}:
            raise self.fail("'name' of [users] may hold {scope} and {user}, nothing else")
        if fields != {"scope", "user"}:
            raise self.fail("'name' of [users] needs {scope} and {user}")
        return text

    def nothing_left(self, table: dict[str, Any], where: str) -> None:
        if table:
            raise self.fail(f"unknown key '{where}{next(iter(table))}'")


_WORDS = {str: "string", int: "whole number", dict: "table", list: "list"}
