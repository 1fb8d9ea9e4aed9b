"""Mail that goes out. A command posts it with what it writes; the postman carries it afterwards.

So nothing is mailed that did not happen, and nothing that was acknowledged is forgotten. A mail with a
one-time token is kept without it: `TOKEN` stands where it goes, and the postman makes it from `nonce`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row
from avoir.core.text import LONG, SHORT, fits

WAITING, SENT, FAILED = "waiting", "sent", "failed"
TOKEN = "{token}"
"""Where the token goes: the last such place of a text, for what people wrote stands before it."""
MOST_ATTEMPTS = 12
CARRY_SECONDS = 120
"""How long a postman has a mail to itself; one that died meanwhile leaves it to another."""


class Mail(Row, frozen=True, gc=False):
    """One mail to one address. `files` is JSON that no query looks into."""

    TABLE, KEY, SECRETS = "mails", ("organization_id", "uuid"), ("text", "files", "nonce")
    organization_id: int
    uuid: str
    state: str  # waiting | sent | failed
    recipient: str
    reply_to: str
    subject: str
    text: str
    files: str
    nonce: str
    attempts: int
    problem: str
    created_at: str
    due_at: str
    sent_at: str


class Letter(msgspec.Struct, frozen=True):
    """What a mail says. `nonce` is what its token is made from, if it carries one."""

    subject: str
    text: str
    nonce: str = ""


class File(msgspec.Struct, frozen=True):
    """A file that goes with a mail."""

    name: str
    kind: str
    content: bytes


class BadAddress(Refusal):
    """A mail goes to one address, of one line."""

    code, kind = "bad_address", Kind.INVALID


class MailNotDue(Refusal):
    """The mail is gone already, or another postman has it."""

    code = "mail_not_due"


_files = msgspec.json.Decoder(tuple[File, ...]).decode
_encode = msgspec.json.Encoder().encode


def post(desk: Desk, to: str, letter: Letter, *, reply_to: str = "", files: Iterable[File] = ()) -> Mail:
    """Put a mail into the outbox. Refuses `BadAddress`, `TextTooLong`."""
    for address in filter(None, (to, reply_to)):
        if "@" not in address or not address.isprintable() or any(c in address for c in " ,;<>"):
            raise BadAddress("this is no address of a mail", field="to")
    if not to:
        raise BadAddress("a mail goes to somebody", field="to")
    subject = " ".join(fits(letter.subject, "subject", 4 * SHORT).split())
    mail = Mail(
        desk.organization_id, desk.uuid(), WAITING, fits(to, "to"), fits(reply_to, "replyTo"), subject,
        fits(letter.text, "message", LONG), _encode(list(files)).decode(), letter.nonce, 0, "", desk.now,
        desk.now, "",
    )  # fmt: skip
    desk.tell("mail.posted", mail)
    return desk.add(mail)


def files_of(mail: Mail) -> tuple[File, ...]:
    """The files that go with a mail."""
    return _files(mail.files)


def later(now: str, seconds: int) -> str:
    """An instant so many seconds after another, as the books write it."""
    then = datetime.fromisoformat(now) + timedelta(seconds=seconds)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")
