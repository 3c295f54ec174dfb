"""The JSON schema that gives editors completion and help; people get the loader's errors.

``conformance/scenario.schema.json`` is what ``document`` returns, written by ``ci/schema``.
"""

from typing import Any, TypeAlias

from conformance.scenario.reading import DURATION, RULE
from conformance.scenario.words import (
    ACTOR,
    BRANCH,
    CLIENTS,
    EVERYONE,
    FOUND,
    GIVEN_MESSAGE,
    HEAD,
    LOGIN,
    NETWORK,
    PIECES,
    RESERVED,
    SERVER,
    SPEAKS,
    STEP,
    VERBS,
    VIA,
    Verb,
)

__all__ = ["document"]

Schema: TypeAlias = dict[str, Any]

_TEXT: Schema = {"$ref": "#/definitions/text"}
_TEXTS: Schema = {"$ref": "#/definitions/texts"}
_RULES: Schema = {"$ref": "#/definitions/rules"}
_PATTERNS: Schema = {"$ref": "#/definitions/patterns"}
_COMMANDS: Schema = {
    "description": "Commands that go out in one write.",
    "type": "array",
    "minItems": 2,
    "items": _TEXT,
}
_YES: Schema = {"enum": ["yes", "no", True, False]}


def document() -> Schema:
    """Return the schema (draft 7, which editors know)."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario of imap-conformance",
        "description": "A session of several mail clients and what the RFCs say they see.",
        **_object(HEAD, _HEAD_VALUES),
        "required": ["scenario", "steps"],
        "anyOf": [{"required": ["actors"]}, {"required": ["begins"]}],
        "definitions": _definitions(),
    }


def _definitions() -> Schema:
    return {
        "text": {
            "description": "Everything is text; editors may take some for numbers or yes and no.",
            "type": ["string", "number", "boolean"],
        },
        "texts": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
        "rule": {"type": "string", "pattern": f"^(?:{_plain(RULE.pattern)}|.*<[a-z].*)$"},
        "rules": {
            "anyOf": [
                {"$ref": "#/definitions/rule"},
                {"type": "array", "items": {"$ref": "#/definitions/rule"}},
            ]
        },
        "patterns": {
            "description": "Responses without their '* '; $x captures, $_ is anything, ... others.",
            "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}],
        },
        "actor": _object(ACTOR, _ACTOR_VALUES, empty=True),
        "messages": {
            "type": "array",
            "items": {
                "anyOf": [
                    _TEXT,
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": _object(GIVEN_MESSAGE, {"flags": _TEXTS}),
                    },
                ]
            },
        },
        "branch": _object(BRANCH, _BRANCH_VALUES, empty=True),
        "action": {"anyOf": [_verbs(VERBS), _TEXT, _COMMANDS]},
        "step": {
            "type": "object",
            "minProperties": 1,
            "properties": _properties({**RESERVED, **STEP}, {**_BRANCH_VALUES, **_STEP_VALUES}),
            "additionalProperties": {"$ref": "#/definitions/action"},
        },
    }


def _object(words: dict[str, str], values: Schema, *, empty: bool = False) -> Schema:
    return {
        "type": ["object", "null"] if empty else "object",
        "properties": _properties(words, values),
        "additionalProperties": False,
    }


def _properties(words: dict[str, str], values: Schema) -> Schema:
    """Return a schema for each word; its meaning stands beside a reference, as editors show it."""
    return {
        word: {"description": meaning, "allOf": [values.get(word, _TEXT)]}
        for word, meaning in words.items()
    }


def _verbs(table: dict[str, Verb]) -> Schema:
    """Return words that stand alone as choices, with what they mean."""
    alone = {word: verb.meaning for word, verb in table.items() if not verb.argument}
    return {"enum": list(alone), "enumDescriptions": list(alone.values())}


def _plain(pattern: str) -> str:
    """Return a pattern of ours in the dialect of JSON schema."""
    return pattern.replace("(?:", "(")


_ACTOR_VALUES: Schema = {
    "speaks": {"anyOf": [{"enum": list(SPEAKS)}, {"pattern": "<"}]},
    "via": {"anyOf": [{"enum": list(VIA)}, {"pattern": "<"}]},
    "client": {"anyOf": [{"enum": list(CLIENTS)}, {"pattern": "<"}]},
    "login": {"anyOf": [{"enum": list(LOGIN)}, {"pattern": "<"}]},
}
_BRANCH_VALUES: Schema = {
    **dict.fromkeys(("must", "should", "may", "must not", "should not", "check"), _PATTERNS),
    "only": _YES,
    "in order": _YES,
}
_STEP_VALUES: Schema = {
    "if": _TEXTS,
    "in pieces": {
        "anyOf": [{"type": "integer", "minimum": 1}, {"enum": list(PIECES)}, {"pattern": "<"}]
    },
    # Some editors read every scalar as a text.
    "times": {
        "anyOf": [{"type": "integer", "minimum": 2}, {"type": "string", "pattern": "^[1-9][0-9]*$"}]
    },
    "within": {"type": "string", "pattern": f"^{_plain(DURATION.pattern)}$"},
    "either": {
        "type": "object",
        "minProperties": 2,
        "additionalProperties": {"$ref": "#/definitions/branch"},
    },
    "rule": _RULES,
    "server": _verbs(SERVER),
    "everyone": _verbs(EVERYONE),
    "network": {
        "type": "string",
        "pattern": f"^({'|'.join(NETWORK)}) ",
        "examples": [
            "cuts phone",
            "delays phone 300ms",
            "splits phone 1",
            "slows phone 9000",
            "heals phone",
        ],
    },
    "together": {
        "type": "array",
        "minItems": 2,
        "items": {
            "anyOf": [
                {"$ref": "#/definitions/step"},
                {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/step"}},
            ]
        },
    },
}
_HEAD_VALUES: Schema = {
    "rules": _RULES,
    "needs": _TEXTS,
    "tags": _TEXTS,
    "actors": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"$ref": "#/definitions/actor"},
    },
    "messages": {"type": "object", "additionalProperties": _TEXT},
    "given": {
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                {"$ref": "#/definitions/messages"},
                {"type": "object", "additionalProperties": {"$ref": "#/definitions/messages"}},
            ]
        },
    },
    "cases": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "object", "additionalProperties": _TEXT},
    },
    "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/step"}},
    "found": _object(FOUND, {}),
}
