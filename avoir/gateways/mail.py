"""Who carries mail: a folder of .eml files, or an SMTP server. The standard library speaks both."""

import asyncio
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from avoir.app.postman import Carrier
from avoir.core.mail import Mail, files_of

LONGEST_LINE = 998
"""Characters of a line of mail (RFC 5322, 2.1.1)."""
SECONDS = 30
"""How long a mail server may take for one answer."""


class BadMailUrl(ValueError):
    """The URL names no mail server: it is `smtp://user:password@host:587` or `smtps://host`."""


def carrier(url: str, folder: str, sender: str) -> Carrier:
    """The carrier of this installation: the server if one is named, else the folder. Raises `BadMailUrl`."""
    return Server(url, sender) if url else Folder(Path(folder), sender)


class Folder:
    """Lays each mail down as a file of its own, called by its uuid."""

    def __init__(self, path: Path, sender: str) -> None:
        self.path, self.sender = path, sender

    async def carry(self, mail: Mail) -> None:
        """Write the file, whole or not at all."""
        await asyncio.to_thread(self._write, mail)

    def _write(self, mail: Mail) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path / f".{mail.uuid}.draft"
        draft.write_bytes(bytes(message(mail, self.sender)))
        draft.rename(self.path / f"{mail.uuid}.eml")


class Server:
    """Hands each mail to an SMTP server; encrypted wherever the server can."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadMailUrl("a mail server is smtp://user:password@host:587 or smtps://host")
        self.sender, self.host = sender, parts.hostname
        self.over_tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.over_tls else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    async def carry(self, mail: Mail) -> None:
        """Send one mail. Raises whatever `smtplib` does."""
        await asyncio.to_thread(self._send, mail)

    def _send(self, mail: Mail) -> None:
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
            if self.over_tls
            else smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        ) as server:
            server.ehlo()
            if not self.over_tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message(mail, self.sender))


def message(mail: Mail, sender: str) -> EmailMessage:
    """A mail as it travels."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, mail.recipient, mail.subject
    if mail.reply_to:
        made["Reply-To"] = mail.reply_to
    made["Date"] = format_datetime(datetime.fromisoformat(mail.created_at))
    made["Message-ID"] = f"<{mail.uuid}@{sender.rpartition('@')[2].rstrip('>') or 'avoir'}>"
    # Quoted-printable would break a long link in two, for whoever reads the file as it is.
    plain = mail.text.isascii() and all(len(line) < LONGEST_LINE for line in mail.text.splitlines())
    made.set_content(mail.text, cte="7bit" if plain else None)
    for file in files_of(mail):
        main, _, sub = file.kind.partition("/")
        made.add_attachment(file.content, maintype=main, subtype=sub or "octet-stream", filename=file.name)
    return made
