"""Methods of the model: their signatures, and what their docstrings say."""

from __future__ import annotations

from codegen.model import parts as model
from codegen.model.literals import literal
from codegen.model.parts import Paragraph
from codegen.model.streams import (
    candle_annotation,
    event_annotation,
    parameter_model,
    parameters_source,
    subscription_annotation,
    update_speed,
)
from codegen.model.structs import source_paragraph
from codegen.read import spec_model
from codegen.read.queries import constant_name
from codegen.read.spec_model import Spec


def client(spec: Spec) -> model.ClientClass:
    """Return the client for threads."""
    return model.ClientClass(
        name="Client",
        base="BaseClient",
        summary=f"Streams of {spec.connection['name']}, each with a method of its own.",
        iterator="Iterator",
        iterate="__iter__",
        methods=_methods(spec, ""),
        order_book="OrderBook",
        account="Account",
        account_module="_account",
    )


def async_client(spec: Spec) -> model.ClientClass:
    """Return the client for asyncio."""
    return model.ClientClass(
        name="AsyncClient",
        base="BaseAsyncClient",
        summary=f"Streams of {spec.connection['name']} for asyncio, each with a method of its own.",
        iterator="AsyncIterator",
        iterate="__aiter__",
        methods=_methods(spec, "Async"),
        order_book="AsyncOrderBook",
        account="AsyncAccount",
        account_module="_async_account",
    )


def _methods(spec: Spec, prefix: str) -> tuple[model.Method, ...]:
    """Return the methods in the order of their names; ``prefix`` is that of what they return."""
    by_name: dict[str, list[spec_model.Stream]] = {}
    for stream in spec.streams:
        by_name.setdefault(stream.method, []).append(stream)
    return tuple(_method(spec, name, by_name[name], prefix) for name in sorted(by_name))


def _method(spec: Spec, name: str, covered: list[spec_model.Stream], prefix: str) -> model.Method:
    # If a method covers two streams, the longer one needs the parameter that is then optional.
    full, *rest = sorted(covered, key=lambda stream: -len(stream.parameters))
    without = rest[0] if rest else None
    absent = None
    if without is not None:
        absent = next(word for word in full.parameters if word not in without.parameters)
    event = event_annotation(spec, full)
    overloads: tuple[model.Signature, ...] = ()
    whole_event, whole = event, subscription_annotation(spec, full, prefix)
    if without is not None:
        other = event_annotation(spec, without)
        overloads = (
            model.Signature(
                parameters_source(spec, full, absent, "None = None"),
                other,
                subscription_annotation(spec, without, prefix),
                _options(without),
            ),
            model.Signature(
                parameters_source(spec, full, absent, None), event, whole, _options(full)
            ),
        )
        whole_event, whole = "Any", f"{whole} | {subscription_annotation(spec, without, prefix)}"
    optional = None if absent is None else _optional(spec, full.parameters[absent])
    return model.Method(
        name=name,
        overloads=overloads,
        signature=model.Signature(
            parameters_source(spec, full, absent, optional), whole_event, whole, _options(*covered)
        ),
        docstring=_method_docstring(spec, full, without, absent),
        short_docstring=_short_docstring(spec, full, covered),
        takes_more=all(
            parameter.has_default or spec.choices_of(parameter) is None
            for parameter in full.parameters.values()
        ),
        absent=absent,
        absent_constant=constant_name(without.key) if without else "",
        absent_arguments=arguments_source(without) if without else "",
        absent_call=_call(spec, without) if without else "",
        constant=constant_name(full.key),
        arguments=arguments_source(full),
        call=_call(spec, full),
    )


def _call(spec: Spec, stream: spec_model.Stream) -> str:
    """Return the method of the base class that subscribes."""
    return "_stream" if candle_annotation(spec, stream) is None else "_candle_stream"


def _optional(spec: Spec, parameter: spec_model.Parameter) -> str:
    return f"{parameter_model(spec, parameter).annotation} | None = None"


def _options(*streams: spec_model.Stream) -> str:
    has_backfill = any(stream.backfill is not None for stream in streams)
    return "FillOptions" if has_backfill else "SubscribeOptions"


def arguments_source(stream: spec_model.Stream) -> str:
    """Return the source of the dict of a method's arguments."""
    return "{" + ", ".join(f"{literal(name)}: {name}" for name in stream.parameters) + "}"


def _method_docstring(
    spec: Spec, full: spec_model.Stream, without: spec_model.Stream | None, absent: str | None
) -> tuple[Paragraph, ...]:
    paragraphs = [_first_line(full)]
    if without is not None:
        paragraphs.append(Paragraph(f"Without ``{absent}``: {_lowered(without.summary)}"))
    covered = [full] if without is None else [full, without]
    for stream in covered:
        text = f"Stream ``{stream.name}``, {update_speed(spec, stream)[1]}."
        if "retired" in stream.lifecycle:
            text += (
                f" Retired on production on {stream.lifecycle['retired']}: use "
                f"{stream.lifecycle['use']} instead. Subscribing to it warns; servers that still "
                "have it continue to send."
            )
        paragraphs.append(Paragraph(text))
    paragraphs.append(Paragraph("Args:"))
    lines = [
        f"{parameter.name}: {argument_prose(spec, parameter)}"
        for parameter in full.parameters.values()
    ]
    lines += [
        "id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.",
        "action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.",
        "kwargs: Options of the subscription, such as ``on_event``."
        + (
            " With ``fill=True``, missed events are fetched by REST and delivered in order."
            if any(stream.backfill is not None for stream in covered)
            else ""
        ),
    ]
    paragraphs += [Paragraph(line, indent=4, hang=4, is_close=True) for line in lines]
    paragraphs.append(Paragraph("Returns:"))
    returns = _returns_prose(spec, full, without, absent)
    paragraphs.append(Paragraph(returns, indent=4, is_close=True))
    paragraphs += [
        Paragraph("Raises:"),
        Paragraph(
            "ParameterError: An argument is not allowed; nothing has been sent.",
            indent=4,
            hang=4,
            is_close=True,
        ),
    ]
    # Both may be on one page.
    paragraphs += dict.fromkeys(source_paragraph(spec, stream) for stream in covered)
    return tuple(paragraphs)


def _short_docstring(
    spec: Spec, full: spec_model.Stream, covered: list[spec_model.Stream]
) -> tuple[Paragraph, ...]:
    names = " or ".join(f"``{stream.name}``" for stream in covered)
    sources = dict.fromkeys(source_paragraph(spec, stream) for stream in covered)
    return (_first_line(full), Paragraph(f"Stream {names}."), *sources)


def _returns_prose(
    spec: Spec, full: spec_model.Stream, without: spec_model.Stream | None, absent: str | None
) -> str:
    prose = [f"A subscription whose events are ``{event_annotation(spec, full)}``."]
    candle = candle_annotation(spec, full)
    if candle is not None:
        prose.append(f"Its ``window(500)`` has the last 500 candles, each a ``{candle}``.")
    if without is not None:
        prose.append(f"Without ``{absent}`` they are ``{event_annotation(spec, without)}``.")
    return " ".join(prose)


def _first_line(stream: spec_model.Stream) -> Paragraph:
    return Paragraph(f"Subscribe to {_lowered(stream.summary)}")


def _lowered(text: str) -> str:
    """Lower the first letter, unless the first word is an abbreviation."""
    word = text.partition(" ")[0]
    return text if word[1:] != word[1:].lower() else text[:1].lower() + text[1:]


def argument_prose(spec: Spec, parameter: spec_model.Parameter) -> str:
    """Return what a docstring says about an argument."""
    choices = spec.choices_of(parameter)
    if parameter.type == "text":
        either = ", in either case" if parameter.case else ""
        example = parameter.in_case(parameter.example)
        return (
            f"{parameter.description} Allowed: what ``{parameter.pattern}`` matches{either}, such "
            f"as ``{example}``."
        )
    if choices is None:
        return parameter.description
    allowed = ", ".join(f"``{literal(value)}``" for value in choices)
    return f"{parameter.description} Allowed: {allowed}."
