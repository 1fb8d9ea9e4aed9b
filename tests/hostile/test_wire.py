# ruff: noqa: E501 - an attack stands on one line, however long it is.
"""What no client means well with, over the wire to a real server: no 5xx, bounded memory, others are served."""

import json
import os
import socket
import threading
import time
from itertools import product
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avoir.core.customer import Customer

MUCH = int(os.environ.get("AVOIR_FUZZ", "1"))
NUMBERS = (
    "9" * 400, "-" + "9" * 400, "0." + "0" * 400 + "1", "1e400", "1e-400", "1e999999999", "-1e999999999",
    "1e-999999999", "-0", "-0.0", "0e0", "1E+2", "1.000000000000000000000000001", "9007199254740993",
    "18446744073709551616", "NaN", "Infinity", "-Infinity", "0x10", "01", "1_000", ".5", "5.", "+1", "1e", "--1",
)  # fmt: skip
DEEP = 100_000
POSTS = (
    "/api/credit-notes", "/api/sale-invoices", "/api/payments-received", "/api/customers",
    "/api/credit-notes/1/refunds", "/api/sale-invoices/1/refund", "/api/manual-journals", "/api/accounts",
    "/api/refunds/bulk", "/api/auth/signin",
)  # fmt: skip


def test_bombs_of_json_are_refused(victim):
    bombs = [
        b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b'{"query":' * DEEP,
        b'{"entries":' + b"[" * 5000 + b"]" * 5000 + b"}", b'"' + b"\\u0041" * 100_000 + b'"',
        b"[" + b"1," * 400_000 + b"1]", b"[" + b"{}," * 300_000 + b"{}]", b'{"entries":[' + b"{}," * 50_000 + b"{}]}",
        b"{" + b",".join(b'"k%d":1' % n for n in range(60_000)) + b"}", b"x" * 2_000_000, b"\xff" * 1000, b"",
        b"null", b"true", b"1", b'"x"', b"\x00" * 100, b'{"a":1}' * 1000, b'{"amount":' + b"1" * 900_000 + b"}",
    ]  # fmt: skip
    for bomb in bombs:
        for path in POSTS[:4]:
            assert victim.rest("POST", path, bomb).status_code >= 400
        assert victim.graphql(bomb).status_code < 500
        assert victim.graphql(b'{"query":"{ __typename }","variables":' + bomb + b"}").status_code < 500


def test_numbers_of_any_length_are_kept_exactly_or_refused(victim):
    fields = ("amount", "rate", "exchangeRate", "fromAccountId", "date", "index")
    for field, number in product(fields, NUMBERS):
        entry = f'"entries": [{{"index": 1, "{field}": {number}}}], "{field}": {number}'
        body = f'{{"fromAccountId": 1000, "amount": 1, "date": "2026-11-22", {entry}}}'.encode()
        for path in ("/api/credit-notes/1/refunds", "/api/credit-notes", "/api/sale-invoices/1/refund"):
            victim.rest("POST", path, body)
    for number in NUMBERS:
        victim.graphql(
            b'{"query":"query($n: Int) { __typename }","variables":{"n":' + number.encode() + b"}}"
        )
        victim.rest("GET", f"/api/credit-notes?page={number}&page_size={number}")
        victim.rest("GET", f"/api/credit-notes/{number}")


def planes():
    """Characters of every plane of Unicode: its ends, some between, and what is not a character at all."""
    for plane in range(17):
        base = plane << 16
        yield from (base, base + 1, base + 0x2FF, base + 0xABCD, base + 0xFFFD, base + 0xFFFE, base + 0xFFFF)
    yield from (0x7F, 0x80, 0x85, 0xA0, 0xAD, 0x200B, 0x200D, 0x202E, 0x2028, 0x2029, 0xFEFF, 0xFFFC, 0xE0001)


def test_text_of_every_plane_comes_back_as_it_went_in_or_is_refused(victim):
    from contextlib import closing

    from avoir.store.database import open_database

    kept = {}
    for point in planes():
        character = chr(point) if not 0xD800 <= point <= 0xDFFF else ""
        name = f"{character}A{character}" if character else "A"
        body = json.dumps({"displayName": name, "customerType": "business", "currencyCode": "USD"})
        if not character:
            body = body.replace('"A"', f'"\\u{point:04x}A"')
        said = victim.rest("POST", "/api/customers", body.encode())
        if said.status_code < 300:
            kept[said.json()["id"]] = name
        escaped = json.dumps({"query": "mutation($n: String!) { __typename }", "variables": {"n": name}})
        victim.graphql(escaped.encode())
        victim.rest("GET", "/api/customers?searchKeyword=" + "".join(f"%{b:02x}" for b in name.encode()))
    assert len(kept) > 80
    with closing(open_database(victim.url)) as database:
        rows = database.all(f"SELECT id, name FROM {Customer.TABLE} WHERE organization_id = 1")
    found = {id: name for id, name in rows if id in kept}
    assert {id: name for id, name in found.items() if name.strip() != kept[id].strip()} == {}


def test_documents_that_go_deep_wide_and_round_are_refused(victim):
    documents = [
        "{ " * 5000 + "a" + " }" * 5000,
        "{" + " ".join(f"a{n}: __typename" for n in range(40_000)) + "}",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ __typename " + "@skip(if: false) " * 20_000 + "}",
        "query($a: " + "[" * 20_000 + "Int" + "]" * 20_000 + ") { __typename }",
        '{ a(b: """' + "\\" * 100_000, "{ a(b: " + "[" * 50_000, "# " + "x" * 500_000 + "\n{ __typename }",
        "{" * 200_000, "\ufeff{ __typename }", "{ a(b: 1e999999999) }", "{ a(b: " + "9" * 100_000 + ") }",
        "query " + "a" * 200_000 + " { __typename }", "query a { __typename } " * 5000,
        " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(3000)) + " { ...f0 }",
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
    ]  # fmt: skip
    for document in documents:
        assert victim.graphql(json.dumps({"query": document}).encode()).status_code < 500
    victim.graphql(json.dumps([{"query": "{ __typename }"}] * 10_000).encode())


def test_floods_of_headers_and_broken_requests_end_with_the_connection(victim):
    line = f"authorization: Bearer {victim.key}\r\n".encode()
    floods = [
        b"GET /api/credit-notes HTTP/1.1\r\nhost: x\r\n" + b"".join(b"x-%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
        b"GET /api/credit-notes HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 3_000_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /api/credit-notes?" + b"a=b&" * 200_000 + b" HTTP/1.1\r\nhost: x\r\n" + line + b"\r\n",
        b"GET /api/credit-notes HTTP/1.1\r\nhost: x\r\ncookie: " + b"a=b; " * 10_000 + b"\r\n\r\n",
        b"POST /api/credit-notes HTTP/1.1\r\nhost: x\r\n" + line + b"content-length: -1\r\n\r\n",
        b"POST /api/credit-notes HTTP/1.1\r\nhost: x\r\n" + line + b"content-length: 99999999999999999999\r\n\r\n{",
        b"POST /api/credit-notes HTTP/1.1\r\nhost: x\r\n" + line + b"content-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\n" + line + b"transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\n" + line + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500), b"\r\n" * 100_000, b"\x00" * 100_000,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"BREW /api/credit-notes HTCPCP/1.0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/credit-notes/%00%ff%2e%2e/ HTTP/1.1\r\nhost: x\r\n" + line + b"\r\n",
        b"GET /api/credit-notes HTTP/1.1\r\nhost: x\r\nidempotency-key: \xff\xfe\r\n" + line + b"\r\n",
    ]  # fmt: skip
    for flood in floods:
        said = raw(victim, flood)
        victim.asked += 1
        assert not said.startswith(b"HTTP/1.1 5"), (flood[:80], said[:200])
        assert victim.http.get("/health").status_code == 200


def raw(victim, sent: bytes) -> bytes:
    """Send bytes; what comes back until the other end has had enough."""
    with socket.create_connection((victim.host, victim.port), timeout=2) as connection:
        try:
            connection.sendall(sent)
            return connection.recv(4096)
        except OSError:
            return b""


def test_slow_senders_keep_nobody_waiting(victim):
    head = (
        f"POST /api/credit-notes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {victim.key}\r\n"
        "content-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
    ).encode()
    slow = [socket.create_connection((victim.host, victim.port)) for _ in range(150)]
    over = threading.Event()

    def drip() -> None:
        while not over.is_set():
            for each in slow:
                try:
                    each.send(b"[")
                except OSError:
                    continue
            time.sleep(0.1)

    for each in slow:
        each.sendall(head)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        for _ in range(20):
            assert victim.rest("GET", "/api/credit-notes").status_code == 200
            form = b'{"fromAccountId": 1000, "amount": 0.01, "date": "2026-11-22"}'
            assert victim.rest("POST", "/api/credit-notes/2/refunds", form).status_code == 201
    finally:
        over.set()
        thread.join()
        for each in slow:
            each.close()


TOKENS = st.sampled_from([
    "{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "...", "=", "|", "&", ",", "#", '"', '"""', "\\", "\n",
    "query", "mutation", "subscription", "fragment", "on", "null", "true", "$id", "ID!", "@skip(if: true)",
    "invoice", "creditNotes", "id", "nodes", "edges", "__typename", "__schema", "filter", "first", "after",
    "invoiceRefund", "creditNote", "amount", "1", "-1", "1.5e9", '"1"', "\ufeff", "é", "😀", "\x00", "and", "or",
])  # fmt: skip
WORDS = st.sampled_from([
    "amount", "createdAt", "id", "state", "is", "is not", "=", ">", "<", ">=", "contains", "and", "or", "(", ")",
    "in", "not", "null", "'", '"', "1", "2026-11-22", "%", "_", "\\", ";--", "union select", "desc", ",", "😀",
])  # fmt: skip


def test_no_soup_of_tokens_is_a_bug_of_ours(victim):
    @settings(max_examples=60 * MUCH, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.lists(TOKENS, max_size=40),
        st.lists(WORDS, max_size=12),
        st.dictionaries(TOKENS, TOKENS, max_size=3),
    )
    def soup(tokens, words, variables):
        document, said = " ".join(tokens), " ".join(words)
        victim.graphql(json.dumps({"query": document, "variables": variables}).encode())
        for name in ("creditNotes", "invoices"):
            asked = f"query($f: String) {{ {name}(filter: $f, first: 2) {{ nodes {{ id }} }} }}"
            victim.graphql(json.dumps({"query": asked, "variables": {"f": said}}).encode())
        filters = json.dumps(
            [{"fieldKey": a, "comparator": b, "value": said} for a, b in zip(words, tokens, strict=False)]
        )
        for path in ("credit-notes", "sale-invoices", "customers"):
            query = {
                "stringified_filter_roles": filters,
                "sort_order": said,
                "column_sort_by": said,
                "page": said,
            }
            victim._fine(
                victim.http.get(
                    f"/api/{path}", params=query, headers={"authorization": f"Bearer {victim.key}"}
                )
            )

    soup()
    if report := os.environ.get("AVOIR_PROOF"):
        Path(report).joinpath(f"soup-{victim.port}.json").write_text(
            json.dumps({"requests of soup": victim.asked})
        )
