"""The classes of accounts in the model: the types of requests, and what docstrings say."""

from __future__ import annotations

from codegen.model import parts as model
from codegen.model.parts import Paragraph
from codegen.model.structs import checked_paragraph, literal_type, reference, source_url
from codegen.read import api_model
from codegen.read.api_model import Api, Method, words_of
from codegen.read.spec_model import Spec

_PLAIN = "Any"
_ANNOTATIONS = {
    "text": "str",
    "decimal": "Decimal | str | int",
    "int": "int",
    "bool": "bool",
    "list": "list[str] | tuple[str, ...]",
}
_RAISES = (
    "ParameterError: There is no such method, or a parameter is not allowed; nothing is sent.",
    "RequestError: The server refuses it; the error has the code and what to do about it.",
    "RequestTimeout: No answer came in time.",
    "ConnectionLost: The connection ended before the answer.",
    "SigningError: The key does not sign.",
    "UndecodableError: The answer does not match the spec.",
    "ClientClosed: The client has been closed.",
)


def requests(spec: Spec, given: Api) -> tuple[model.ApiRequest, ...]:
    """Return the methods that users may call, in the order of their names."""
    return tuple(
        model.ApiRequest(
            name=name,
            parameters=_parameters(spec, given.methods[name]),
            result=result_annotation(spec, given.methods[name]) or _PLAIN,
        )
        for name in sorted(given.methods)
        if not given.methods[name].is_by_client
    )


def account(spec: Spec) -> model.AccountClass:
    """Return the accounts for threads."""
    return model.AccountClass(
        name="Account",
        base="BaseAccount",
        summary=f"The events and requests of one account of {spec.connection['name']}.",
        define="def",
        call="self._request(method, params)",
        docstring=_request_docstring(
            "Never sent twice: if no answer comes, the error says whether the request was sent."
        ),
    )


def async_account(spec: Spec) -> model.AccountClass:
    """Return the accounts for asyncio."""
    return model.AccountClass(
        name="AsyncAccount",
        base="BaseAsyncAccount",
        summary=f"The events and requests of one account of {spec.connection['name']} for asyncio.",
        define="async def",
        call="await self._request(method, params)",
        docstring=_request_docstring(
            "Never sent twice: if no answer comes, the error says whether the request was sent; if "
            "the task is cancelled, it is not sent any more, but may have been sent before."
        ),
    )


def method_docstring(spec: Spec, given: Api, event: str) -> tuple[Paragraph, ...]:
    """Return what the client's method says."""
    recv_window, most = given.limits["recv_window"], given.limits["max_recv_window"]
    return (
        Paragraph("Subscribe to what happens to an account and its orders."),
        Paragraph(
            "Returns at once; ``wait()`` on the result waits until the server has confirmed it. "
            "What the connection misses while it is interrupted is missing: a ``Gap`` says so once "
            "it is back, and ``state()`` asks for balances and open orders. The same API key gives "
            "the same account as long as it lasts."
        ),
        Paragraph("Args:"),
        *_listed(
            "key: The API key and what signs with it: ``HmacKey``, ``Ed25519Key``, ``RsaKey``, or "
            "any object with ``api_key`` and ``sign``.",
            "recv_window: Milliseconds for which a request is valid after it was signed, at most "
            f"{most} and with at most three decimal places; None for the server's {recv_window}.",
            "kwargs: Options of the subscription, such as ``on_event``; ``overflow`` cannot be "
            "``latest``, as each event counts.",
        ),
        Paragraph("Returns:"),
        Paragraph(f"The account, whose events are ``{event}``.", indent=4, is_close=True),
        Paragraph("Raises:"),
        *_listed(
            "ParameterError: An argument is not allowed, or the server has no WebSocket API; "
            "nothing has been sent.",
        ),
        checked_paragraph(spec, given.account.source),
    )


def _request_docstring(once: str) -> tuple[Paragraph, ...]:
    return (
        Paragraph("Send a request to the WebSocket API; return the ``result`` of its answer."),
        Paragraph(
            "The API key, the timestamp and the signature are added if the method needs them. The "
            "request weight is counted: a request waits for its turn if the limit is used up. "
            f"{once} It needs a connection, but no confirmed subscription, and also works after "
            "``unsubscribe()``."
        ),
        Paragraph("Args:"),
        *_listed(
            "method: The venue's name, such as ``openOrders.status``.",
            "params: Its parameters by the venue's names, such as ``symbol``. Prices and "
            "quantities are Decimal, text or int, as a float is not exact; what is None is left "
            "out.",
        ),
        Paragraph("Returns:"),
        Paragraph(
            "The result: a struct if the spec describes it, otherwise plain JSON objects.",
            indent=4,
            is_close=True,
        ),
        Paragraph("Raises:"),
        *_listed(*_RAISES),
    )


def _listed(*lines: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(line, indent=4, hang=4, is_close=True) for line in lines)


def _parameters(spec: Spec, method: Method) -> str:
    """Return the source of a method's parameters, those that are required first."""
    ordered = sorted(method.parameters.values(), key=lambda parameter: not parameter.is_required)
    parts = [_parameter(spec, parameter) for parameter in ordered]
    if is_signed(method):
        parts.append("recvWindow: float | None = None")
    return "".join(f", {part}" for part in ("*", *parts)) if parts else ""


def is_signed(method: Method) -> bool:
    """Return whether a request needs a key and a signature."""
    return method.security != "NONE" and not method.is_session_only


def _parameter(spec: Spec, parameter: api_model.Parameter) -> str:
    annotation = parameter_annotation(spec, parameter)
    if parameter.is_required:
        return f"{parameter.name}: {annotation}"
    return f"{parameter.name}: {annotation} | None = None"


def parameter_annotation(spec: Spec, parameter: api_model.Parameter) -> str:
    """Return the type of a parameter."""
    if parameter.type in spec.enums:
        return f"{parameter.type} | {literal_type(words_of(spec, parameter))}"
    if parameter.type in spec.choices:
        return parameter.type
    if parameter.values:
        return literal_type(parameter.values)
    return _ANNOTATIONS[parameter.type]


def result_annotation(spec: Spec, method: Method) -> str:
    """Return the annotation of a method's result, or an empty text if it is plain JSON."""
    if not method.result:
        return ""
    name = reference(spec, method.result)
    return f"list[{name}]" if method.is_list else name


def method_source(spec: Spec, method: Method) -> str:
    """Return the address of a method's documentation."""
    assert spec.api is not None
    return source_url(spec, {**spec.api.source, "anchor": method.anchor})
