"""What becomes of mail in the outbox: taken, sent, or tried again later. Asked by the postman."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.mail import CARRY_SECONDS, FAILED, MOST_ATTEMPTS, SENT, WAITING, Mail, MailNotDue, later
from avoir.core.mailed_token import MailedToken
from avoir.core.row import Row, changed


class _OfMail(Command, frozen=True, kw_only=True):
    """About one mail."""

    ANSWER = None
    uuid: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Mail, self.uuid


class TakeMail(_OfMail, frozen=True, kw_only=True):
    """Have a mail to oneself for a while, to carry it."""

    def decide(self, desk: Desk) -> None:
        """Refuses `NotFound`, and `MailNotDue` for one that is gone, or that another has."""
        mail = desk.get(Mail, self.uuid)
        if mail.state != WAITING or mail.due_at > desk.now:
            raise MailNotDue("the mail is not to be carried now")
        desk.tell("mail.taken", mail)
        desk.put(changed(mail, attempts=mail.attempts + 1, due_at=later(desk.now, CARRY_SECONDS)))


class MarkMailSent(_OfMail, frozen=True, kw_only=True):
    """The mail is out of our hands."""

    def decide(self, desk: Desk) -> None:
        """Refuses `NotFound`."""
        mail = desk.get(Mail, self.uuid)
        desk.tell("mail.sent", mail)
        desk.put(changed(mail, state=SENT, sent_at=desk.now, problem=""))


class PutMailOff(_OfMail, frozen=True, kw_only=True):
    """The mail could not be carried: once more later, after twice as long each time."""

    problem: str

    def decide(self, desk: Desk) -> None:
        """Refuses `NotFound`."""
        mail = desk.get(Mail, self.uuid)
        desk.tell("mail.put_off", mail)
        desk.put(
            changed(
                mail,
                state=FAILED if mail.attempts >= MOST_ATTEMPTS else WAITING,
                due_at=later(desk.now, 30 << min(mail.attempts, MOST_ATTEMPTS)),
                problem=self.problem[:500],
            )
        )


class ClearMails(Command, frozen=True, kw_only=True):
    """Keep of mail that is out of our hands to whom it went and when, and no longer what it said."""

    ANSWER = None
    uuids: tuple[str, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        for uuid in self.uuids:
            yield Mail, uuid

    def decide(self, desk: Desk) -> None:
        """Refuses `NotFound`. What still waits is left as it is."""
        for mail in [desk.get(Mail, uuid) for uuid in self.uuids]:
            if mail.state != WAITING:
                desk.tell("mail.cleared", mail)
                desk.put(changed(mail, text="", files="[]", nonce=""))


class ClearTokens(Command, frozen=True, kw_only=True):
    """Forget tokens that were good for something once."""

    ANSWER = None
    digests: tuple[str, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        for digest in self.digests:
            yield MailedToken, digest

    def decide(self, desk: Desk) -> None:
        """What is forgotten already, or still good, is left as it is."""
        for token in [desk.find(MailedToken, digest) for digest in self.digests]:
            if token is not None and token.expires_at <= desk.now:
                desk.tell("mailed_token.cleared", token)
                desk.remove(token)
