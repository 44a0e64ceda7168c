"""What the WebSocket API refuses, in the venue's words."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_simulator.refusals import Refusal

UNAUTHORIZED = -1002, "You are not authorized to execute this request."
UNSUPPORTED = -1020, "This operation is not supported."
EXPIRED = -1021, "Timestamp for this request is outside of the recvWindow."
AHEAD = -1021, "Timestamp for this request was 1000ms ahead of the server's time."
BAD_SIGNATURE = -1022, "Signature for this request is not valid."
DUPLICATE_PARAMETER = -1101, "Duplicate values for a parameter detected."
INVALID_JSON = -1135, "Invalid JSON Request"
BAD_KEY_FORMAT = -2014, "API-key format invalid."
REJECTED_KEY = -2015, "Invalid API-key, IP, or permissions for action."
SUBSCRIPTION_ACTIVE = -2035, "User Data Stream subscription already active."
SUBSCRIPTION_INACTIVE = -2036, "User Data Stream subscription not active."
NO_SUBSCRIPTION_ID = -2042, "Maximum subscription ID reached for this connection."

MESSAGES: Mapping[int, str] = {
    -1000: "An unknown error occurred while processing the request.",
    -1001: "Internal error; unable to process your request. Please try again.",
    -1003: "Too many requests queued.",
    -1006: "An unexpected response was received from the message bus. Execution status unknown.",
    -1007: "Timeout waiting for response from backend server. Send status unknown; "
    "execution status unknown.",
    -1008: "Server is currently overloaded with other requests. Please try again in a few minutes.",
    -1016: "This service is no longer available.",
    -1100: "Illegal characters found in a parameter.",
    -1101: "Too many parameters sent for this endpoint.",
    -1102: "A mandatory parameter was not sent, was empty/null, or malformed.",
    -1103: "An unknown parameter was sent.",
    -1104: "Not all sent parameters were read.",
    -1105: "A parameter was empty.",
    -1106: "A parameter was sent when not required.",
    -1121: "Invalid symbol.",
    -1130: "Invalid data sent for a parameter.",
    **dict(
        [
            *(UNAUTHORIZED, UNSUPPORTED, EXPIRED, BAD_SIGNATURE, INVALID_JSON),
            *(BAD_KEY_FORMAT, REJECTED_KEY, SUBSCRIPTION_ACTIVE, SUBSCRIPTION_INACTIVE),
            NO_SUBSCRIPTION_ID,
        ]
    ),
}
"""A text for each code that may be ordered; the venue has several for some of them."""


def neither(name: str, other: str) -> Refusal:
    """Return the refusal if one of two parameters must be sent, and none was."""
    return Refusal(-1102, f"Param '{name}' or '{other}' must be sent, but both were empty/null!")


def empty(name: str) -> Refusal:
    """Return the refusal for an optional parameter without a value."""
    return Refusal(-1105, f"Parameter '{name}' was empty.")


def too_precise(name: str) -> Refusal:
    """Return the refusal for too many decimal places."""
    return Refusal(-1111, f"Parameter '{name}' has too much precision.")


def not_required(name: str) -> Refusal:
    """Return the refusal for a parameter that does not go with the others."""
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")


def unread(read: int, sent: int) -> Refusal:
    """Return the refusal for parameters that the method does not have."""
    return Refusal(
        -1104,
        f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.",
    )
