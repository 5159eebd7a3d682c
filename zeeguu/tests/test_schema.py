"""The OpenAPI schema tells what there is, who may do it, and within which bounds."""

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

pytestmark = pytest.mark.nodb


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(public=True)


@pytest.fixture(scope="module")
def operations(schema):
    return {
        (path, method): operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def parameter(operation, name):
    [found] = [one for one in operation["parameters"] if one["name"] == name]
    return found["schema"]


def test_it_is_valid_and_leaves_nothing_to_guess(tmp_path):
    options = {"validate": True, "fail_on_warn": True}
    call_command("spectacular", file=str(tmp_path / "schema.yml"), **options)


def test_every_operation_has_a_summary_and_a_tag_that_is_described(schema, operations):
    described = {tag["name"] for tag in schema["tags"] if tag["description"]}
    for call, operation in operations.items():
        assert operation["summary"], call
        assert set(operation["tags"]) <= described, call


# They write nothing that anybody could see but admins, or make an account and open it.
OPEN_CALLS = {
    ("/api/accounts/", "post"),
    ("/api/accounts/anonymous/", "post"),
    ("/api/password/forgotten/", "post"),
    ("/api/password/reset/", "post"),
    ("/api/token/", "post"),
    ("/api/translate/", "get"),
    ("/api/translate/sentence/", "post"),
    ("/api/explain/", "post"),
    ("/api/translations/reports/", "post"),
}
# What is the learner's own of something that everybody reads.
OWN_PARTS = ("/bookmarks/", "/mine/")


def test_reading_needs_no_account_and_the_rest_does(operations):
    for (path, method), operation in operations.items():
        is_open = {} in operation.get("security", [{}])
        tag = operation["tags"][0]
        reads = method == "get" and tag in ("articles", "feeds", "languages", "topics")
        is_known = (path, method) in OPEN_CALLS
        is_own = path.endswith(OWN_PARTS)
        assert is_open == (is_known or (reads and not is_own)), path


def test_tokens_have_an_example_of_three_levels(operations):
    for path in ("/api/articles/{id}/", "/api/articles/{id}/summary/"):
        answer = operations[path, "get"]["responses"]["200"]
        [example] = answer["content"]["application/json"]["examples"].values()
        first = example["value"]["summary_tokens"][0][0][0]
        assert (first["text"], first["is_sent_start"]) == ("Hej", True)


def test_numbers_and_texts_have_bounds(schema, operations):
    articles = operations["/api/articles/", "get"]
    page_size = parameter(articles, "page_size")
    assert (page_size["minimum"], page_size["maximum"]) == (1, 100)
    assert parameter(operations["/api/feeds/{id}/", "get"], "id")["minimum"] == 1
    assert parameter(articles, "language")["maxItems"] == 50
    assert parameter(articles, "level")["items"]["enum"][0] == "A1"
    feed = schema["components"]["schemas"]["NewFeed"]
    assert feed["properties"]["url"]["maxLength"] == 500
    assert feed["additionalProperties"] is False


def test_errors_are_told_for_each_operation(operations):
    assert set(operations["/api/feeds/", "post"]["responses"]) >= {
        "201",
        "400",
        "401",
        "403",
        "413",
        "415",
        "503",
    }
    assert "404" in operations["/api/articles/{id}/", "get"]["responses"]
    assert "304" in operations["/api/articles/", "get"]["responses"]
    assert "429" in operations["/api/token/", "post"]["responses"]


def test_what_staff_alone_sees_is_not_promised_to_all(schema):
    feed = schema["components"]["schemas"]["StaffFeed"]
    assert "last_error" in feed["properties"]
    assert "last_error" not in feed["required"]


def test_examples_of_links_are_addresses(schema):
    pages = [
        one
        for name, one in schema["components"]["schemas"].items()
        if "Paginated" in name
    ]
    assert pages
    for page in pages:
        for name in ("next", "previous"):
            assert '"' not in page["properties"][name]["example"]
