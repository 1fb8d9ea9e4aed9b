"""Files beside documents (rest.md, 2.8): uploaded, hung on documents, read again."""

import hmac
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message

from avoir.app.attachments import (
    CreditNoteWithAttachments,
    DeleteAttachment,
    HangAttachments,
    InvoiceWithAttachments,
    JournalWithAttachments,
    KeepAttachment,
    LinkAttachment,
    PaymentWithAttachments,
    UnlinkAttachment,
    WithAttachments,
)
from avoir.app.reads.attachments import attached_to, attachment_by_key
from avoir.core.attachment import MOST_ATTACHED, Attachment
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.together import Together
from avoir.faces.body import BadBody, BodyTooLarge
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import BadForm, Body, Field
from avoir.faces.rest.kinds import id_in, several, text, whole
from avoir.gateways.files import PIECE, Files

ATTACHMENTS: Field = several(
    "attachments", Body(text("key")), most=MOST_ATTACHED, optional=True
)._replace(default=None)  # fmt: skip
"""The field of documents: left out, their files stay as they are."""
LINK = Body(text("modelRef"), id_in("modelId", coerced=True))
SIGNED = Body(whole("organization"), whole("expires"), text("token", optional=True))

SHOWN = frozenset(
    ("application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/csv", "text/plain")
)
"""What is sent as what it is; anything else might be a page with a script in it, and is sent as bytes."""
LINK_SECONDS = 300
"""How long a signed address is good for."""

WITH: dict[str, type[WithAttachments]] = {
    each.MODEL: each
    for each in (
        InvoiceWithAttachments,
        CreditNoteWithAttachments,
        PaymentWithAttachments,
        JournalWithAttachments,
    )
}


async def upload(call: Call) -> dict[str, Any]:
    """Keep a file; multipart, in the field `file`. Raises `BadForm`, `BadBody`, `BodyTooLarge`."""
    files, caller = _files(call), call.caller
    key = call.access.new_secret("", 32)
    async with _multipart(call) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise BadForm([_complaint("file must be a file")])
        size, digest = await files.put(key, _pieces(sent))
        name, kind = (sent.filename or "file")[:255].replace("\0", ""), (sent.content_type or "")[:255]
    command = KeepAttachment(
        key=key,
        origin_name=name,
        mime_type=kind.replace("\0", "") or "application/octet-stream",
        size=size,
        digest=digest,
    )
    try:
        # The key is random: the file is known again by what it is.
        kept = await caller.ask(command, print_of=call.access.digest(f"file {name} {kind} {digest}"))
    except Exception:
        await files.delete(key)
        raise
    if kept.file_key != key:
        await files.delete(key)
    return {"status": 200, "message": "The file is kept.", "data": shown(kept)}


async def download(call: Call) -> Response:
    """The bytes of a file. Refuses `NotFound`."""
    return await _sent(call, await _known(call))


async def delete(call: Call) -> None:
    """Take a file away. Refuses `NotFound`."""
    gone = await call.caller.ask(DeleteAttachment(key=(await _known(call)).file_key))
    await _files(call).delete(gone.file_key)


async def link(call: Call) -> dict[str, Any]:
    """Hang a file on a document. Refuses `NotFound`, `UnknownModel`, `TooManyAttachments`."""
    form, file = call.form, await _known(call)
    command = LinkAttachment(key=file.file_key, model=form["modelRef"], model_id=form["modelId"])
    await call.caller.ask(command)
    return {"status": 200, "message": "The file hangs on the document."}


async def unlink(call: Call) -> dict[str, Any]:
    """Take a file off a document. Refuses `NotFound`."""
    form, file = call.form, await _known(call)
    command = UnlinkAttachment(key=file.file_key, model=form["modelRef"], model_id=form["modelId"])
    await call.caller.ask(command)
    return {"status": 200, "message": "The file is off the document."}


async def presigned_url(call: Call) -> dict[str, Any]:
    """An address of a file that needs no key, for five minutes. Refuses `NotFound`."""
    return {"presigned_url": signed(call, (await _known(call)).file_key)}


def signed(call: Call, key: str) -> str:
    """The address of a file of the caller's organization that needs no key, for five minutes."""
    organization = call.identity.organization_id
    expires = int(time.time()) + LINK_SECONDS
    token = _token(call, organization, key, expires)
    query = f"organization={organization}&expires={expires}&token={token}"
    return f"{call.access.audience}/api/attachments/{quote(key, safe='')}/content?{query}"


async def content(call: Call) -> Response:
    """The bytes of a file, by a signed address. Refuses `NotFound`, whatever is wrong with it."""
    query, key = call.query, call.request.path_params["id"]
    organization, expires = query["organization"] or 0, query["expires"] or 0
    right = _token(call, organization, key, expires)
    if not hmac.compare_digest(right.encode(), query["token"].encode()) or expires < time.time():
        raise NotFound("no such attachment", kind="Attachment")
    file = await call.access.door.read(attachment_by_key, organization, key.replace("\0", ""))
    if file is None:
        raise NotFound("no such attachment", kind="Attachment")
    return await _sent(call, file)


def with_attachments(call: Call, command: Command, model: str) -> Command:
    """The command with the files that the body names, if it names any."""
    named = call.form["attachments"]
    if named is None:
        return command
    keys = tuple(each["key"] for each in named)
    return WITH[model](what=type(command).__name__, command=command, keys=keys)


def and_attachments(call: Call, command: Command, model: str, id: int) -> Command:
    """The same for a command about a document that there is already."""
    named = call.form["attachments"]
    if named is None:
        return command
    hung = HangAttachments(model=model, model_id=id, keys=tuple(each["key"] for each in named))
    return Together(what=f"{type(command).__name__}, HangAttachments", commands=(command, hung))


async def attached(call: Call, model: str, id: int) -> dict[str, Any]:
    """The files of a document, as its `attachments`."""
    return {"attachments": [shown(file) for file in await call.caller.read(attached_to, model, id)]}


def shown(file: Attachment) -> dict[str, Any]:
    """A file as contract B has it."""
    return {
        "id": file.id,
        "key": file.file_key,
        "origin_name": file.origin_name,
        "mime_type": file.mime_type,
        "size": file.size,
        "created_at": file.created_at,
    }


async def _known(call: Call) -> Attachment:
    file = await call.caller.read(attachment_by_key, call.request.path_params["id"].replace("\0", ""))
    if file is None:
        raise NotFound("no such attachment", kind="Attachment")
    return file


async def _sent(call: Call, file: Attachment) -> Response:
    pieces = _files(call).pieces(file.file_key)
    try:
        first = await anext(pieces, b"")
    except FileNotFoundError:
        raise NotFound("the file is gone", kind="Attachment") from None

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    kind = file.mime_type.partition(";")[0].strip().lower()
    headers = {
        "content-length": str(file.size),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.origin_name, safe='')}",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "private, no-store",
    }
    media = kind if kind in SHOWN else "application/octet-stream"
    return StreamingResponse(all_of_it(), headers=headers, media_type=media)


def _multipart(call: Call) -> Any:
    """The form of the request, read to the limit for files; long files wait on disk, not in memory."""
    limit: int = call.request.app.state.settings.file_limit
    read = 0

    async def receive() -> Message:
        nonlocal read
        message = await call.request.receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise BodyTooLarge(f"the body is longer than {limit} bytes")
        return message

    return _Form(Request(call.request.scope, receive))


class _Form:
    """A form that is closed when it is done with, its files with it. Raises `BadBody`."""

    def __init__(self, request: Request) -> None:
        self.request = request

    async def __aenter__(self) -> Any:
        try:
            return await self.request.form(max_files=1, max_fields=20)
        except HTTPException as problem:
            raise BadBody(problem.detail) from None

    async def __aexit__(self, *why: object) -> None:
        await self.request.close()


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


def _files(call: Call) -> Files:
    files: Files = call.request.app.state.files
    return files


def _token(call: Call, organization: int, key: str, expires: int) -> str:
    return call.access.digest(f"attachment {organization}/{key}/{expires}")


def _complaint(says: str) -> dict[str, Any]:
    return {"target": {}, "property": "file", "children": [], "constraints": {"isFile": says}}
