"""Documents by their hash, several in one request, and what a server may be told not to show."""

import asyncio
import json
from hashlib import sha256

import pytest

from avoir.config import load
from avoir.core.customer import DisputeReason
from avoir.core.dispute import Dispute
from avoir.faces.graphql.persisted import BadDocumentList
from avoir.main import create_app
from tests.faces.graphql.shop import Shop, decode, encode

QUERY = "{ accounts { totalCount } }"
HASH = sha256(QUERY.encode()).hexdigest()
CREATE = 'mutation { disputeReasonCreate(attributes: {name: "Broken"}) { disputeReason { id } } }'


def asked(hash_=HASH, **more):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_}}, **more}


def sent(shop, body, **headers):
    response = shop.post(encode(body), **headers)
    assert response.status_code == 200, response.text
    return decode(response.content)


def code(answer):
    assert "data" not in answer
    return answer["errors"][0]["extensions"]["code"]


def test_a_client_registers_a_document_and_then_sends_its_hash(shop):
    unknown = sent(shop, asked())
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert sent(shop, asked(query=QUERY))["data"]["accounts"]["totalCount"] == 1
    assert sent(shop, asked())["data"]["accounts"]["totalCount"] == 1
    assert code(sent(shop, asked("0" * 64, query=QUERY))) == "PERSISTED_QUERY_HASH_MISMATCH"
    for nonsense in ("0" * 64, 7, None, "x", {}):
        assert code(sent(shop, asked(nonsense))) == "PERSISTED_QUERY_NOT_FOUND"
    assert shop.post(encode({"extensions": {}})).status_code == 400


@pytest.mark.parametrize("form", ["by id", "apollo"])
def test_a_server_may_execute_listed_documents_only(url, tmp_path, form):
    file = tmp_path / "documents.json"
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1}
    apollo["operations"] = [{"id": "count", "body": QUERY, "name": "Count", "type": "query"}]
    file.write_text(json.dumps({"count": QUERY} if form == "by id" else apollo))
    with Shop(url, graphql_documents=str(file), graphql_listed_only=True) as shop:
        for body in (asked("count"), asked(), {"query": QUERY}):
            assert sent(shop, body)["data"]["accounts"]["totalCount"] == 1
        assert code(sent(shop, {"query": "{ __typename }"})) == "PERSISTED_QUERY_NOT_LISTED"
        other = sha256(b"{ __typename }").hexdigest()
        assert code(sent(shop, asked(other, query="{ __typename }"))) == "PERSISTED_QUERY_NOT_LISTED"
        assert code(sent(shop, asked(other))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("text", [None, "[]", '{"a": 1}', '{"operations": [{}]}', "{"])
def test_a_list_that_cannot_be_read_is_told_when_the_server_starts(url, tmp_path, text):
    file = tmp_path / "documents.json"
    if text is not None:
        file.write_text(text)
    app = create_app(load({"database_url": url, "graphql_documents": str(file)}, {}))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(BadDocumentList):
        asyncio.run(start())


def test_several_operations_are_taken_only_where_it_is_set(shop):
    refused = shop.post(encode([{"query": QUERY}]))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_several_operations_are_answered_in_their_order_and_done_once(url):
    with Shop(url, graphql_batching=True) as shop:
        batch = [{"query": CREATE}, {"query": QUERY}, {"query": "{ nothing }"}, {"query": CREATE}]
        for _ in range(2):
            made, counted, wrong, again = sent(shop, batch, idempotency_key="batch")
            assert made["data"]["disputeReasonCreate"]["disputeReason"]["id"] == "1"
            assert counted["data"]["accounts"]["totalCount"] == 1
            assert "doesn't exist on type" in wrong["errors"][0]["message"]
            assert again["data"]["disputeReasonCreate"]["disputeReason"]["id"] == "2"
        assert len(shop.rows(DisputeReason)) == 2
        assert shop.rows(Dispute) == []
        for body in ([], [{"query": QUERY}] * 21, [7]):
            assert shop.post(encode(body)).status_code == 400


def test_a_server_may_keep_its_schema_to_itself(url):
    with Shop(url, graphql_introspection=False, graphiql=False) as shop:
        answer = shop.answer("{ __schema { types { name } } }")
        assert "introspection" in answer["errors"][0]["message"]
        assert shop.data("{ __typename }") == {"__typename": "Query"}
        assert shop.run(shop.http.get("/graphiql")).status_code == 404


def test_graphiql_comes_from_here_and_from_nowhere_else(shop):
    page = shop.run(shop.http.get("/graphiql"))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    assert "https://" not in page.text
    sources = [part.split('"')[0] for part in page.text.split('src="')[1:]]
    sources += [part.split('"')[0] for part in page.text.split('href="')[1:]]
    assert len(sources) == 6
    for source in sources:
        assert source.startswith("/graphiql/static/")
        assert shop.run(shop.http.get(source)).status_code == 200
