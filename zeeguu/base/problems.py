"""Problem details, as which the API tells errors. Source: RFC 9457."""

from typing import Any

PROBLEM = "application/problem+json"
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "An error as RFC 9457 has it, problem details for HTTP APIs.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What kind of error."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and with what."},
        "errors": {"type": "object", "description": "Messages by parameter or field."},
    },
    "required": ["type", "title", "status", "detail"],
}


def problem(status: int, title: str, data: Any) -> dict[str, Any]:
    """What is wrong, of DRF's own account: a detail, a list, or messages by field."""
    body = {"type": "about:blank", "title": title, "status": status}
    is_one = isinstance(data, dict) and set(data) == {"detail"}
    # A field may have this name too; its messages are a list.
    if is_one and isinstance(data["detail"], str):
        return {**body, "detail": str(data["detail"])}
    if isinstance(data, list):
        data = {"request": data}
    detail = "; ".join(f"{name}: {_first(messages)}" for name, messages in data.items())
    return {**body, "detail": detail, "errors": _named(data)}


def _named(messages: Any) -> Any:
    """With names that are texts: DRF names items of a list by their numbers."""
    if not isinstance(messages, dict):
        return messages
    return {str(name): _named(each) for name, each in messages.items()}


def _first(messages: object) -> object:
    if isinstance(messages, dict) and messages:
        name, within = next(iter(messages.items()))
        return f"{name}: {_first(within)}"
    return messages[0] if isinstance(messages, list) and messages else messages
