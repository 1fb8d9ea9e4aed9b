"""The postman: carries the mail of the outbox, with no transaction open, and writes down what became of it.

A mail is taken before it is carried, so that several postmen do not carry it at once. One who dies with it
leaves it to the next, who may carry it a second time: its Message-ID, made of its uuid, is the same.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from avoir.app.clerk import Weather
from avoir.app.mails import MarkMailSent, PutMailOff, TakeMail
from avoir.app.reads.mails import waiting
from avoir.app.reads.query import Query
from avoir.core.access import DIRECTORY
from avoir.core.command import Command
from avoir.core.errors import Refusal
from avoir.core.mail import TOKEN, Mail
from avoir.core.row import changed

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)
PAGE = 50


class Carrier(Protocol):
    """Who carries mail: to a folder, or to a server. It raises when it could not."""

    async def carry(self, mail: Mail) -> None:
        """Hand one mail over. Given the same one again, it is the same mail to whoever reads it."""


class Office(Protocol):
    """How the postman reaches the books, and how it comes by tokens."""

    async def ask(self, organization_id: int, command: Command) -> Any:
        """What the command gave back; refusals are raised."""

    async def read(
        self,
        read: Callable[Concatenate[Query, P], T],
        organization_id: int,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a read."""

    def token(self, nonce: str) -> str:
        """The one-time token that is made from a nonce."""


class Postman:
    """Does its rounds, or goes at once when the bell rings."""

    def __init__(self, office: Office, carrier: Carrier) -> None:
        self.office, self.carrier = office, carrier
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There is mail: go now."""
        self._bell.set()

    async def run(self, clock: Callable[[], datetime], every: int) -> None:
        """Make a round every so many seconds, or sooner when the bell rings, until cancelled."""
        while True:
            self._bell.clear()
            try:
                await self.round(clock())
            except Weather as problem:
                log.warning("the books are not to be had: %s", problem)
            except Exception:  # A round that broke off is no reason never to make another.
                log.exception("a round broke off")
            try:
                async with asyncio.timeout(every):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def round(self, now: datetime) -> int:
        """Carry what is due; how many mails that was."""
        at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        carried = 0
        while page := await self.office.read(waiting, DIRECTORY, at, PAGE):
            done = [await self._carry(mail) for mail in page]
            carried += sum(done)
            if not any(done):
                break
        return carried

    async def _carry(self, mail: Mail) -> bool:
        try:
            await self.office.ask(mail.organization_id, TakeMail(uuid=mail.uuid))
        except Refusal:  # Another postman was faster.
            return False
        try:
            await self.carrier.carry(self._whole(mail))
        except (
            Exception
        ) as problem:  # A carrier may fail in any way, and the mail is put off for each of them.
            # What a server says of a failure may quote the mail, and the mail may hold a token.
            log.warning("mail %s could not be carried: %s", mail.uuid, type(problem).__name__)
            put_off = PutMailOff(uuid=mail.uuid, problem=type(problem).__name__)
            await self.office.ask(mail.organization_id, put_off)
        else:
            await self.office.ask(mail.organization_id, MarkMailSent(uuid=mail.uuid))
        return True

    def _whole(self, mail: Mail) -> Mail:
        if not mail.nonce:
            return mail
        before, _, after = mail.text.rpartition(TOKEN)
        return changed(mail, text=f"{before}{self.office.token(mail.nonce)}{after}")
