"""The parameters that a stream's name shows, and what the file of it is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.draft.messages import DraftError, Message
from codegen.read.durations import milliseconds
from codegen.read.patterns import read_pattern
from codegen.read.queries import name_parts
from codegen.read.spec_model import Parameter, Spec, Stream

LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
"""Of the documentation; a real one is secret."""
_IS_LISTEN_KEY = re.compile(r"[A-Za-z0-9]{40,}")
_SPEED = re.compile(r"[1-9][0-9]{0,5}(ms|s)")
_ENDING = re.compile(r"(?P<word>[A-Za-z]+)_(?P<value>[A-Za-z0-9]+)")
_LEVELS = re.compile(r"(?P<word>[A-Za-z]*depth)(?P<value>[0-9]+)", re.IGNORECASE)
_WORDS = re.compile(r"[0-9]+[a-z]*|[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True)
class DraftParameter:
    """One parameter as the file will have it."""

    given: dict[str, Any]
    """Its keys."""
    values: dict[str, object]
    """The value of each written form that is known; any other text stands for itself."""
    pattern: str
    """A regular expression of what is written for it."""
    todo: str = ""


@dataclass(frozen=True)
class DraftName:
    """A stream's name with its parameters."""

    template: str
    parameters: dict[str, DraftParameter]
    update_speed: Any
    model: Stream | None = None
    """The stream of another market that has the same name, if there is one."""
    model_market: str = ""
    has_siblings: bool = False
    """Whether there is a stream of the same for one symbol."""

    def arguments(self, name: str) -> dict[str, object] | None:
        """Return the arguments that build a name, or None if it is another stream's."""
        expression = "".join(
            f"(?P<{part}>{self.parameters[part].pattern})" if at % 2 else re.escape(part)
            for at, part in enumerate(name_parts(self.template))
        )
        found = re.fullmatch(expression, name)
        if found is None:
            return None
        return {
            key: self.parameters[key].values.get(text, text)
            for key, text in found.groupdict().items()
        }


@dataclass(frozen=True)
class Markets:
    """The market of the new stream, and others, whose words it may use as well."""

    name: str
    own: Spec
    others: Mapping[str, Spec] = field(default_factory=dict)

    @property
    def all(self) -> Iterator[tuple[str, Spec]]:
        """Every market, its own first."""
        yield self.name, self.own
        yield from self.others.items()


def read_name(markets: Markets, messages: list[Message]) -> DraftName:
    """Return the name that all messages have; raises DraftError if they are of several streams."""
    name = messages[0].stream
    for stream in markets.own.streams:
        if known_name(markets.own, markets.own, stream).arguments(name) is not None:
            raise DraftError(
                f"the stream {name} is there already: {stream.place.document.file} describes "
                f"{stream.name}"
            )
    draft = _of_another_market(markets, name) or _new_name(markets, messages)
    foreign = {each.stream for each in messages if draft.arguments(each.stream) is None}
    if foreign:
        names = ", ".join(sorted({name, *foreign})[:10])
        raise DraftError(
            f"the messages are of several streams: {names}; choose one by --name, such as "
            f"--name '{name}'"
        )
    return draft


def known_name(markets_own: Spec, spec: Spec, stream: Stream, market: str = "") -> DraftName:
    """Return the name of a stream that is described already."""
    parameters = {
        name: _known_parameter(markets_own, spec, parameter, market)
        for name, parameter in stream.parameters.items()
    }
    return DraftName(stream.name, parameters, stream.update_speed, stream, market)


def words_of(text: str) -> str:
    """Turn a word of the venue into one of Python: ``markPriceUpdate`` to ``mark_price_update``."""
    return "_".join(word.lower() for word in _WORDS.findall(text))


def key_of(draft: DraftName, taken: Collection[str]) -> str:
    """Return the key of a new stream: the words of its name, ``all_`` before those of all symbols.

    If that is another stream's key, its parameters and its speed are in it, too.
    """
    if draft.model is not None and draft.model.key not in taken:
        return draft.model.key
    literals = [part for part in name_parts(draft.template)[::2] if part]
    segments = [segment for part in literals for segment in part.split("@") if segment]
    is_of_all = draft.template.startswith("!") and (draft.has_siblings or "arr" in segments)
    kept = [
        segment
        for segment in segments
        if not _SPEED.fullmatch(segment) and not (is_of_all and segment == "arr")
    ]
    if draft.template == "<listen_key>":
        return "user_data"
    words = "_".join(filter(None, map(words_of, kept))) or "stream"
    if words[0].isdigit():
        words = f"stream_{words}"
    if is_of_all:
        is_singular = re.search(r"(^|_)[a-z]+$", words) and not words.endswith("s")
        plural = "es" if words.endswith("x") else "s"
        words = f"all_{words}{plural if is_singular else ''}"
    if words not in taken:
        return words
    speeds = [words_of(segment) for segment in segments if _SPEED.fullmatch(segment)]
    parameters = [words_of(name) for name in draft.parameters if name != "symbol"]
    return "_".join([words, *parameters, *speeds])


def _known_parameter(own: Spec, spec: Spec, parameter: Parameter, market: str) -> DraftParameter:
    given = {key: value for key, value in _keys(parameter) if value not in (None, "")}
    if parameter.has_default:
        given["default"] = parameter.default
    given["description"] = parameter.description
    choices = spec.choices_of(parameter)
    todo = ""
    if choices is not None:
        values = {written: value for value, written in choices.items()}
        if own is not spec and parameter.type not in own.choices:
            given.pop("type", None)
            given = {"choices": _as_choices(choices), **given}
            todo = f"are these the choices? They are those of {market}"
        pattern = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
        return DraftParameter(given, values, pattern, todo)
    pattern = "[^@!]+"
    if parameter.type == "listen_key":
        pattern = _IS_LISTEN_KEY.pattern
    elif parameter.type == "text":
        pattern = read_pattern(parameter.pattern).expression
    return DraftParameter(given, {}, pattern)


def _keys(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    yield "type", parameter.type
    choices = parameter.choices
    yield "choices", None if choices is None else _as_choices(choices)
    yield "pattern", parameter.pattern
    yield "example", parameter.example
    yield "case", parameter.case


def _as_choices(written: Mapping[object, str]) -> object:
    is_plain = all(str(value) == text for value, text in written.items())
    return list(written) if is_plain else dict(written)


def _of_another_market(markets: Markets, name: str) -> DraftName | None:
    for market, spec in markets.others.items():
        for stream in spec.streams:
            draft = known_name(markets.own, spec, stream, market)
            arguments = draft.arguments(name)
            if arguments is None:
                continue
            for parameter, value in arguments.items():
                is_symbol = draft.parameters[parameter].given.get("type") == "symbol"
                if is_symbol and value != str(value).lower():
                    # Symbols are sent in lower case.
                    draft.parameters[parameter] = _symbol_in_capitals(str(value))
            return draft
    return None


def _new_name(markets: Markets, messages: list[Message]) -> DraftName:
    """Find the parameters of a name that no market has."""
    names = list(dict.fromkeys(message.stream for message in messages))
    name = names[0]
    parameters: dict[str, DraftParameter] = {}
    if _IS_LISTEN_KEY.fullmatch(name):
        given = {"type": "listen_key", "description": "The account's listen key. It is secret."}
        parameters["listen_key"] = DraftParameter(given, {}, _IS_LISTEN_KEY.pattern)
        return DraftName("<listen_key>", parameters, "real-time")
    head, *segments = name.split("@")
    parts = [head]
    if segments and not head.startswith("!"):
        parts[0] = _head(markets, messages[0].payload, head, parameters)
    speed: Any = None
    for at, segment in enumerate(segments):
        is_last = at == len(segments) - 1
        if is_last and _SPEED.fullmatch(segment):
            speed = f"{milliseconds(segment)}ms"
            known = _speed(markets.own, f"@{segment}")
            if known is not None:
                parameters["speed"] = known
                parts[-1] += "<speed>"
                speed = _speed_by(known)
                continue
            parts.append(segment)
        else:
            parts.append(_segment(markets, names, at + 1, segment, parameters))
    for_symbol = f"<symbol>@{head[1:]}"
    has_siblings = any(
        stream.name.partition("<speed>")[0] == for_symbol
        for _, spec in markets.all
        for stream in spec.streams
    )
    return DraftName("@".join(parts), parameters, speed, has_siblings=has_siblings)


def _head(markets: Markets, payload: Any, head: str, parameters: dict[str, DraftParameter]) -> str:
    """Read what stands before the first ``@``: a symbol, or texts of the payload."""
    fields = _top_texts(payload)
    texts = {value.lower(): key for key, value in fields}
    lower = head.lower()
    if lower not in texts and "_" in head:
        first, _, rest = lower.partition("_")
        if first in texts and rest in texts:
            # A pair and a type of contract, such as btcusdt_perpetual.
            parameters["pair"] = _text([first], "The pair, in either case.", "lower")
            parameters["contractType"] = DraftParameter(
                {"choices": [rest], "description": "Which of the pair's contracts."},
                {},
                "[a-z_]+",
                "which other types of contracts are there?",
            )
            return "<pair>_<contractType>"
    if head != lower:
        parameters["symbol"] = _symbol_in_capitals(head)
        return "<symbol>"
    description = _described(markets, "symbol") or "The symbol, in either case."
    given = {"type": "symbol", "description": description}
    parameters["symbol"] = DraftParameter(given, {}, "[^@!]+")
    return "<symbol>"


def _symbol_in_capitals(example: str) -> DraftParameter:
    return _text([example], "The symbol, in either case.", "upper")


def _segment(
    markets: Markets,
    names: list[str],
    at: int,
    segment: str,
    parameters: dict[str, DraftParameter],
) -> str:
    """Read a part between two ``@``: it is a literal, but for what looks like a choice."""
    if re.fullmatch("[0-9]{6}", segment):
        given = {
            "type": "text",
            "pattern": "[0-9]{6}",
            "example": segment,
            "description": "When the contracts expire, as YYMMDD.",
        }
        parameters["expiration"] = DraftParameter(given, {}, "[0-9]{6}")
        return "<expiration>"
    for expression, name in ((_LEVELS, "level"), (_ENDING, "interval")):
        found = expression.fullmatch(segment)
        if found is None or name in parameters:
            continue
        word, value = found["word"], found["value"]
        if name == "interval" and word == "ticker":
            name = "windowSize"
        known = _choices_with(markets, name, value)
        separator = segment[len(word) : -len(value)]
        if known is not None:
            parameters[name] = known
            return f"{word}{separator}<{name}>"
        if value[0].isdigit():
            seen = _values(names, at, f"{word}{separator}")
            numbers: list[object] = [int(each) if each.isdigit() else each for each in seen]
            parameters[name] = DraftParameter(
                {"choices": numbers, "description": "TODO"},
                {str(number): number for number in numbers},
                "|".join(map(re.escape, seen)),
                "which other choices are there?",
            )
            return f"{word}{separator}<{name}>"
    return segment


def _values(names: Iterable[str], at: int, before: str) -> list[str]:
    """Return what all names have at one place, behind the same word."""
    segments = [name.split("@")[at] for name in names if name.count("@") >= at]
    found = [segment[len(before) :] for segment in segments if segment.startswith(before)]
    return list(dict.fromkeys(found))


def _choices_with(markets: Markets, name: str, value: str) -> DraftParameter | None:
    """Return a parameter of this name that another stream has, if it allows the value."""
    for market, spec in markets.all:
        for stream in spec.streams:
            parameter = stream.parameters.get(name)
            if parameter is None or value not in (spec.choices_of(parameter) or {}).values():
                continue
            return _known_parameter(markets.own, spec, parameter, market)
    return None


def _speed(spec: Spec, written: str) -> DraftParameter | None:
    for stream in spec.streams:
        parameter = stream.parameters.get("speed")
        if parameter is not None and written in (spec.choices_of(parameter) or {}).values():
            return _known_parameter(spec, spec, parameter, "")
    return None


def _speed_by(parameter: DraftParameter) -> dict[object, str]:
    speeds = {value: f"{value}ms" for value in parameter.values.values()}
    return {"by": "speed", **speeds}


def _text(examples: list[str], description: str, case: str) -> DraftParameter:
    """Return a parameter whose pattern has the kinds of characters that the examples have."""
    text = "".join(examples)
    kinds = ["A-Z" if case == "upper" else "a-z", "0-9"]
    others = [rf"\{mark}" if mark == "." else mark for mark in "_.:-" if mark in text]
    pattern = f"[{''.join([*kinds, *others])}]+"
    given = {
        "type": "text",
        "pattern": pattern,
        "example": examples[0].upper() if case == "upper" else examples[0].lower(),
        "case": case,
        "description": description,
    }
    return DraftParameter(given, {}, "[^@!]+")


def _top_texts(payload: Any) -> list[tuple[str, str]]:
    """Return the texts of an event, and of the objects in it."""
    if isinstance(payload, list):
        payload = payload[0] if payload else {}
    if not isinstance(payload, dict):
        return []
    inner = [value for value in payload.values() if isinstance(value, dict)]
    return [
        (key, value)
        for each in [payload, *inner]
        for key, value in each.items()
        if isinstance(value, str) and value
    ]


def _described(markets: Markets, name: str) -> str:
    for _, spec in markets.all:
        for stream in spec.streams:
            if name in stream.parameters:
                return stream.parameters[name].description
    return ""
