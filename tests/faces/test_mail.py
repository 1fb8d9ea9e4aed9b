"""Mail on its way: carried once it is due, again when it could not be, whole or not at all."""

import asyncio
import socket
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from avoir.core.mail import File, Mail
from avoir.core.row import changed
from avoir.gateways.mail import BadMailUrl, Server, carrier, message
from tests.faces.rest.api import served

MAIL = Mail(
    0, "0190-uuid", "waiting", "joan@example.test", "ann@example.test", "Grüße", "Hello ☃\n",
    '[{"name":"a.pdf","kind":"application/pdf","content":"JVBERg=="}]', "", 0, "",
    "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.000Z", "",
)  # fmt: skip


def test_a_mail_as_it_travels():
    read = message_from_bytes(bytes(message(MAIL, "Avoir <no-reply@example.test>")), policy=default)
    assert (read["Subject"], read["To"], read["Reply-To"]) == (
        "Grüße",
        "joan@example.test",
        "ann@example.test",
    )
    assert read["Message-ID"] == "<0190-uuid@example.test>"
    assert read.get_body().get_content() == "Hello ☃\n"
    (file,) = read.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("a.pdf", b"%PDF")
    assert File("a.pdf", "application/pdf", b"%PDF").content == b"%PDF"


def test_a_long_link_stays_in_one_piece():
    link = f"http://accounts.example.test/auth/reset_password/{'a' * 64}"
    mail = changed(MAIL, text=f"Here:\n{link}\n", files="[]")
    assert link.encode() in bytes(message(mail, "a@b.test"))
    for text in ("Grüße ☃ " * 200, "x" * 5000):
        read = message_from_bytes(bytes(message(changed(mail, text=text), "a@b.test")), policy=default)
        assert read.get_content().rstrip("\n") == text


def test_a_server_is_named_by_a_url():
    server = carrier("smtps://ann%40a.test:p%3Aw@mail.test", "", "x@y.test")
    assert (server.host, server.port, server.user, server.password) == ("mail.test", 465, "ann@a.test", "p:w")
    assert carrier("smtp://mail.test", "", "x@y.test").port == 587
    for url in ("http://mail.test", "smtp://", "mail.test"):
        with pytest.raises(BadMailUrl):
            carrier(url, "", "x@y.test")


def test_a_mail_server_is_spoken_to():
    """A server of the test's own, which speaks as much SMTP as one mail takes."""
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            talk, _ = listening.accept()
            with talk, talk.makefile("rwb") as lines:
                answers = {b"EHLO": b"250 here\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
                lines.write(b"220 here\r\n")
                lines.flush()
                data = False
                for line in lines:
                    said.append(line)
                    data = data and line != b".\r\n"
                    if not data:
                        lines.write(answers.get(line[:4].upper(), b"250 fine\r\n"))
                        lines.flush()
                    data = data or line[:4].upper() == b"DATA"

        thread = threading.Thread(target=serve)
        thread.start()
        port = listening.getsockname()[1]
        asyncio.run(Server(f"smtp://127.0.0.1:{port}", "no-reply@example.test").carry(MAIL))
        thread.join(10)
    talk = b"".join(said)
    assert b"mail FROM:<no-reply@example.test>" in talk
    assert b"rcpt TO:<joan@example.test>" in talk
    assert b"Message-ID: <0190-uuid@example.test>" in talk


class Lame:
    """A carrier who fails so many times, and quotes what it was given."""

    def __init__(self, fails: int) -> None:
        self.fails, self.carried = fails, []

    async def carry(self, mail: Mail) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError(mail.text)
        self.carried.append(mail)


def test_what_could_not_be_carried_is_carried_later_and_no_token_is_logged(url, caplog):
    with served(url, worker_seconds=0) as server:
        postman, lame = server.app.state.postman, Lame(2)
        postman.carrier = lame
        api = server.organization()
        api.call("PATCH", "/invite", {"email": "joan@example.test", "roleId": 2})
        now = datetime.now(UTC)

        def rounds(after: timedelta) -> int:
            return server.runner.run(postman.round(now + after))

        assert rounds(timedelta(seconds=1)) == 1
        assert rounds(timedelta(seconds=2)) == 0, "it is put off"
        assert lame.carried == []
        # The clerk's own clock says what is due: nothing that is put off is taken before its time.
        assert rounds(timedelta(hours=1)) == 0
        assert "could not be carried: ConnectionError" in caplog.text
        assert "auth/invite" not in caplog.text


def test_nothing_that_was_acknowledged_is_lost_with_the_server(url, tmp_path):
    with served(url, worker_seconds=0, mail_folder=str(tmp_path)) as server:
        server.organization().call("PATCH", "/invite", {"email": "joan@example.test", "roleId": 2})
        assert list(tmp_path.iterdir()) == []
    with served(url, worker_seconds=0, mail_folder=str(tmp_path)) as server:
        (mail,) = server.mails()
        assert mail["To"] == "joan@example.test"
        assert server.get(f"/invite/check/{server.token()}").status == 200
        assert len(server.mails()) == 1
