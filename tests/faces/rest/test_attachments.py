"""Files beside documents: sent, kept, hung on documents, read again, by nobody else."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faces.rest.api import Api, books, invoice, member, note, role, served

PDF = b"%PDF-1.7 \x00\xff not text"


def send(
    api: Api, content: bytes = PDF, name: str = "scan.pdf", kind: str = "application/pdf", **headers: str
):
    """The reply to an upload."""
    form = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    ).encode() + content + b"\r\n--b--\r\n"  # fmt: skip
    return api.call("POST", "/attachments", form, content_type="multipart/form-data; boundary=b", **headers)


def kept(api: Api, **more) -> str:
    """The key of a new file."""
    reply = send(api, **more)
    assert reply.status == 200, reply.text
    return reply.body["data"]["key"]


def test_a_file_is_sent_and_read_again(api):
    sent = send(api)
    data = sent.body["data"]
    assert (sent.status, sent.body["status"]) == (200, 200)
    assert {name: data[name] for name in ("id", "origin_name", "mime_type", "size")} == {
        "id": 1, "origin_name": "scan.pdf", "mime_type": "application/pdf", "size": len(PDF),
    }  # fmt: skip
    for name in (data["key"], data["id"]):
        read = api.read(f"/attachments/{name}")
        assert (read.status_code, read.content) == (200, PDF)
        assert read.headers["content-type"] == "application/pdf"
        assert read.headers["content-disposition"] == "attachment; filename*=UTF-8''scan.pdf"
        assert read.headers["x-content-type-options"] == "nosniff"
        assert "x-ratelimit-limit" in read.headers
    gone = api.delete(f"/attachments/{data['key']}")
    assert (gone.status, gone.text) == (200, "")
    assert api.get(f"/attachments/{data['key']}").status == 404
    assert api.delete(f"/attachments/{data['key']}").status == 404
    assert left(api) == []


def left(api: Api) -> list[Path]:
    """The files that lie in the folder."""
    return [x for x in Path(api.app.state.settings.files_folder).rglob("*") if x.is_file()]


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/javascript", "", "text/html;x=y"]
)
def test_no_file_is_a_page(api, kind):
    read = api.read(f"/attachments/{kept(api, content=b'<script>', kind=kind)}")
    assert read.headers["content-type"] == "application/octet-stream"
    assert read.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_a_name_is_only_a_name(api):
    for name in ("../../etc/passwd", "a\u2028b.pdf", "ü☃.pdf", "x" * 300 + ".pdf", "a%22; x=y.pdf"):
        read = api.read(f"/attachments/{kept(api, name=name)}")
        assert read.content == PDF
        assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.%~-]+", read.headers["content-disposition"])


def test_a_file_that_is_too_long_is_not_kept(url):
    with served(url, file_limit=100_000, body_limit=2_000) as server:
        api = server.organization()
        key = kept(api, content=b"x" * 90_000)
        assert api.read(f"/attachments/{key}").content == b"x" * 90_000
        assert send(api, content=b"x" * 100_001).status == 413
        assert len(left(api)) == 1


def test_what_is_no_file_is_refused(api):
    for body, kind in (
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\nrubbish", "multipart/form-data; boundary=b"),
        (b"rubbish", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"file=x", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ):
        assert api.call("POST", "/attachments", body, content_type=kind).status == 400, body
    assert left(api) == []


def test_a_file_is_sent_once_for_each_key(api):
    first = send(api, idempotency_key="f")
    assert send(api, idempotency_key="f").text == first.text
    assert send(api, content=b"other", idempotency_key="f").status == 409
    assert len(left(api)) == 1
    assert api.read(f"/attachments/{first.body['data']['key']}").content == PDF


ENTRY = {"index": 1, "itemId": 1000, "rate": 10, "quantity": 1}
DOCUMENTS = [
    # where                 what                                                          modelRef
    ("/sale-invoices", {"customerId": 1, "invoiceDate": "2026-06-01", "dueDate": "2026-07-01",
                        "delivered": True, "entries": [ENTRY]}, "SaleInvoice"),
    ("/credit-notes", {"customerId": 1, "creditNoteDate": "2026-06-01", "entries": [ENTRY]}, "CreditNote"),
    ("/payments-received", {"customerId": 1, "paymentDate": "2026-06-15", "depositAccountId": 1000,
                            "entries": [{"invoiceId": 1, "paymentAmount": 1}]}, "PaymentReceive"),
    ("/manual-journals", {"date": "2026-06-15", "entries": [{"index": 1, "accountId": 1000, "debit": 1},
                          {"index": 2, "accountId": 1021, "credit": 1}]}, "ManualJournal"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "model"), DOCUMENTS, ids=[x[2] for x in DOCUMENTS])
def test_files_hang_on_documents(api, path, body, model):
    if model == "PaymentReceive":
        invoice(api)

    def hung(id: int) -> list[str]:
        return [x["key"] for x in api.get(f"{path}/{id}").body["attachments"]]

    one, other = kept(api), kept(api, name="b.png", kind="image/png")
    named = body | {"attachments": [{"key": one}, {"key": one}]}
    first = api.post(path, named, idempotency_key="d")
    assert first.status == 201, first.text
    assert api.post(path, named, idempotency_key="d").body["id"] == first.body["id"]
    id = first.body["id"]
    assert hung(id) == [one]
    assert api.get(f"{path}/{id}").body["attachments"][0]["origin_name"] == "scan.pdf"
    # Written anew without a word about files, it keeps them; with a word, it has those and no others.
    if model == "PaymentReceive":
        body = body | {"entries": [{"invoiceId": 1, "paymentAmount": 1}]}
    assert api.put(f"{path}/{id}", body).status == 200
    assert hung(id) == [one]
    edited = api.put(f"{path}/{id}", body | {"attachments": [{"key": other}]})
    assert edited.status == 200, edited.text
    assert hung(id) == [other]
    linked = api.post(f"/attachments/{one}/link", {"modelRef": model, "modelId": id})
    assert linked.status == 201
    assert hung(id) == [one, other]
    assert api.post(f"/attachments/{other}/unlink", {"model_ref": model, "model_id": id}).status == 201
    assert hung(id) == [one]
    api.delete(f"/attachments/{one}")
    assert hung(id) == []


def test_a_document_with_a_file_that_is_none_is_not_made(api):
    before = books(api)
    path, body, _ = DOCUMENTS[0]
    refused = api.post(path, body | {"attachments": [{"key": "nothing"}]})
    assert (refused.status, refused.type) == (400, "DOCUMENT_LINK_REFERENCE_INVALID")
    assert books(api) == before
    assert api.get(path).body["pagination"]["total"] == 0
    for wrong in ("x", [{}], [{"key": ""}], [{"key": 5}], [5], [{"key": "a"}] * 51):
        assert api.post(path, body | {"attachments": wrong}).status == 400, wrong
    key = kept(api)
    for model, id, status in (("Moon", 1, 400), ("SaleInvoice", 99, 404), ("SaleInvoice", "x", 400)):
        reply = api.post(f"/attachments/{key}/link", {"modelRef": model, "modelId": id})
        assert reply.status == status, (model, id)


def test_a_signed_address_needs_no_key_and_is_good_for_one_file_and_a_while(api, monkeypatch):
    one, other = kept(api), kept(api, content=b"secret")
    url = api.get(f"/attachments/{one}/presigned-url").body["presigned_url"]
    path = url.partition("/api")[2]
    stranger = api.as_()
    assert stranger.read(path).content == PDF
    assert stranger.read(path.replace(one, other)).status_code == 404
    query = urlsplit(path).query
    for wrong in (
        query.replace("token=", "token=0"), query.replace("expires=1", "expires=2"), "",
        query.replace("organization=1", "organization=2"), query.partition("&token")[0],
    ):  # fmt: skip
        assert stranger.read(f"/attachments/{one}/content?{wrong}").status_code == 404, wrong
    monkeypatch.setattr("avoir.faces.rest.attachments.time.time", lambda: 4_000_000_000)
    assert stranger.read(path).status_code == 404


def test_another_organizations_files_are_no_different_from_none(server):
    one, other = server.organization(), server.organization()
    key = kept(one)
    for method, path in (
        ("GET", ""), ("DELETE", ""), ("GET", "/presigned-url"), ("POST", "/link"), ("POST", "/unlink"),
    ):  # fmt: skip
        body = {"modelRef": "SaleInvoice", "modelId": 1} if method == "POST" else None
        theirs = other.call(method, f"/attachments/{key}{path}", body)
        nobodys = other.call(method, f"/attachments/{'0' * 32}{path}", body)
        assert (theirs.status, theirs.text) == (nobodys.status, nobodys.text) == (404, theirs.text), path
    assert one.read(f"/attachments/{key}").content == PDF


def test_files_have_abilities_of_their_own(api):
    note(api)
    key = kept(api)
    viewer = member(api, role(api, "View Attachment"))
    assert viewer.read(f"/attachments/{key}").status_code == 200
    assert send(viewer).status == 403
    assert viewer.delete(f"/attachments/{key}").status == 403
    assert viewer.post(f"/attachments/{key}/link", {"modelRef": "CreditNote", "modelId": 1}).status == 403
