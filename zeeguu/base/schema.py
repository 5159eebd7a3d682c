"""What the OpenAPI schema tells of every call, by the call's own shape."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from zeeguu.base.api import CursorPages, ReadOnlyOrStaff
from zeeguu.base.problems import PROBLEM, PROBLEM_SCHEMA

TAGS = {
    "articles": "Articles fit for readers, with tokens. No account is needed.",
    "languages": "The languages there is news in.",
    "topics": "What articles are about.",
    "feeds": "The crawled feeds. Everybody reads; staff adds, changes and deletes.",
    "translate": "Words from dictionaries; sentences from providers, if there are any.",
    "explain": "Sentences explained by a provider, if there is one.",
    "me": "What is the learner's own.",
    "feed": "Articles in the order of what the learner can read.",
    "practice": "Words that come again when they would be forgotten.",
    "accounts": "Signing up, by e-mail or without.",
    "password": "Passwords that were forgotten.",
    "sessions": "Where the learner is signed in.",
    "account": "All that is the learner's, taken along or deleted.",
    "cohorts": "Classes, of teachers and of members.",
    "knowledge": "Which words the learner knows.",
    "bookmarks": "Words that the learner met, with the sentence they stood in.",
    "words": "Words known and met as files: taken along, or brought from elsewhere.",
    "texts": "Texts that the learner brings along.",
    "speech": "Words and sentences to hear.",
    "sittings": "Times that the learner spends reading or browsing.",
    "activities": "What front ends say has happened.",
    "token": "Signing in and out.",
    "tokenization": "The token cache, row by row and in numbers. For staff.",
    "crawl-runs": "Runs of the crawl, and their visits. For staff.",
    "crawl-statistics": "The crawl in numbers. For staff.",
}
SUMMARIES = {
    "list": "List {name}",
    "retrieve": "Read one of the {name}",
    "create": "Add one of the {name}",
    "partial_update": "Change one of the {name}",
    "destroy": "Delete one of the {name}",
}
NAMES = {"tokenization": "token caches"}
PROBLEMS = {
    "400": "A parameter or field is wrong; the answer names it.",
    "401": "No token, or one that opens nothing.",
    "403": "Not for this account.",
    "404": "There is no such row; the answer names it.",
    "406": "A format that is not spoken here.",
    "413": "The body is too large.",
    "415": "The body is no JSON.",
    "429": "Too many tries; Retry-After says when to try again.",
    "503": "The database can't be used just now; Retry-After says when to try again.",
}
WITH_BODY = {"post", "put", "patch"}
STAFFS = {"last_error"}
LARGEST_ID = 10**18 - 1


class Schema(AutoSchema):
    """Tags by the address, a summary for each call, and what needs no account."""

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[2]]

    def get_summary(self) -> str | None:
        known = super().get_summary()
        action = getattr(self.view, "action", None)
        if known or action not in SUMMARIES:
            return known or self._first_line()
        tag = self.get_tags()[0]
        return SUMMARIES[action].format(name=NAMES.get(tag, tag.replace("-", " ")))

    def _first_line(self) -> str:
        text = self.get_description() or ""
        return text.partition("\n")[0].rstrip(".")

    def get_auth(self) -> list[dict[str, Any]]:
        auths = super().get_auth()
        permissions = self.view.get_permissions()
        is_open = any(isinstance(one, ReadOnlyOrStaff) for one in permissions)
        if self.method in SAFE_METHODS and is_open:
            return [{}, *auths]
        return auths


def complete(
    result: dict[str, Any], generator: object, request: Request | None, public: bool
) -> dict[str, Any]:
    """Schema hook: what calls of one kind have in common."""
    result["tags"] = [{"name": n, "description": text} for n, text in TAGS.items()]
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM_SCHEMA
    for schema in schemas.values():
        if STAFFS & set(schema.get("required", ())):
            schema["required"] = [n for n in schema["required"] if n not in STAFFS]
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            _refuse_unknown_fields(operation, schemas)
            _add_problems(path, method, operation)
            _add_bounds(operation)
            is_for_all = {} in operation.get("security", [{}])
            if path.startswith("/api/articles/") and is_for_all:
                _add_conditions(operation)
    return result


def _refuse_unknown_fields(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        if name in schemas:
            schemas[name]["additionalProperties"] = False


def _add_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    statuses = {"400", "406", "503"}
    if {} not in operation.get("security", [{}]):
        statuses |= {"401", "403"}
    elif operation.get("security"):
        statuses |= {"401"}  # for a bad token
    if "{" in path:
        statuses |= {"404"}
    if method in WITH_BODY:
        statuses |= {"413", "415"}
    if path == "/api/token/" and method == "post":
        statuses |= {"429"}
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in sorted(statuses - set(operation["responses"])):
        answer = {"description": PROBLEMS[status], "content": content}
        operation["responses"][status] = answer
    operation["responses"]["default"] = {"description": "An error", "content": content}


def _add_bounds(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if parameter["name"] == CursorPages.page_size_query_param:
            limits = {"minimum": 1, "maximum": CursorPages.max_page_size}
            schema |= {**limits, "default": CursorPages.page_size}
        elif parameter["name"] == CursorPages.cursor_query_param:
            schema |= {"minLength": 1}
        elif parameter["in"] == "path" and parameter["name"] in ("id", "article"):
            schema.clear()
            schema |= {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def _add_conditions(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": "If-None-Match",
            "schema": {"type": "string"},
            "description": "The ETag of an answer that the client has.",
        }
    )
    operation["responses"]["304"] = {"description": "The client has it as it is now."}
    headers = {"ETag": {"schema": {"type": "string"}, "description": "Weak."}}
    operation["responses"]["200"]["headers"] = headers
