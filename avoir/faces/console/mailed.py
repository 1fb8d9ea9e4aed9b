"""Where our mails lead to: coming in by an invitation, proving an e-mail, choosing a new password.

Looking at such a page uses nothing up: programs that look through people's mail open its links too. Who has
the token of a mail reads that mailbox, and is not signed in by it: a password is asked for afterwards.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from avoir.app.people import AcceptInvite
from avoir.app.reads import people
from avoir.app.reads.people import Invite
from avoir.app.sign_ins import RecentlyMailed, ResetPassword, SendReset, VerifyUser
from avoir.core.access import DIRECTORY
from avoir.core.errors import NotFound, Refusal
from avoir.core.mailed_token import RESET, VERIFY, TokenInvalid
from avoir.faces import letters
from avoir.faces.access import Access
from avoir.faces.body import body_of
from avoir.faces.console import session
from avoir.faces.console.forms import BadField, Form, form_of
from avoir.faces.console.templates import render
from avoir.faces.console.visit import HEADERS, ROOT, ForeignForm, no_of, plain_page
from avoir.faces.console.words import sentence
from avoir.faces.problem import HTTP_STATUS
from avoir.faces.throttle import FAILURES_SECONDS

ACCEPT, CHOOSE, PROVE = "/auth/invite/{token}/accept", "/auth/reset_password/{token}", "/auth/register/verify"
FORGOTTEN = f"{ROOT}/forgotten"
GUESSES = "the token of a mail"
"""By this name wrong tokens are counted, as wrong passwords are by an e-mail."""
Page = Callable[[Request, Form, Exception | None], Awaitable[Response]]


class TooManyGuesses(Exception):
    """So many wrong tokens came from one address that it has to wait."""


def strangers(show: Page, submit: Callable[[Request, Form], Awaitable[Response]]) -> Any:
    """An endpoint for whom nobody knows: a page, and its form, which must come from that very browser."""

    async def answer(request: Request) -> Response:
        access: Access = request.app.state.access
        address = request.client.host if request.client else ""
        try:
            if access.throttle.closed(GUESSES, address):
                raise TooManyGuesses
            if request.method != "POST":
                return await show(request, Form(), None)
            form = form_of(await body_of(request))
            if not session.genuine(request, form.text("token"), session.strange(request)):
                raise ForeignForm
            try:
                return await submit(request, form)
            except (BadField, Refusal) as problem:
                if isinstance(problem, TokenInvalid):
                    raise
                return await show(request, form, problem)
        except TooManyGuesses:
            return _wait(request)
        except TokenInvalid:
            access.throttle.failed(GUESSES, address)
            text = "It was used already, is too old, or is not whole. Ask for a new one."
            return plain_page(request, 400, "This link is not good any more", text)
        except Exception as problem:
            return no_of(request, problem)

    return answer


async def show_invitation(request: Request, form: Form, problem: Exception | None) -> Response:
    """Who is invited, and where to. Refuses `TokenInvalid`."""
    invite = await _invite(request)
    setup = await _access(request).setup(invite.tenancy.id)
    return _page(
        request, "invitation.html", form, problem, email=invite.user.email,
        known=bool(invite.user.password_hash), organization=setup.organization.name if setup else "Avoir",
    )  # fmt: skip


async def accept(request: Request, form: Form) -> Response:
    """Come in. Refuses what `AcceptInvite` refuses."""
    access, digest, invite = _access(request), _digest(request), await _invite(request)
    first, last, hashed = form.text("first_name"), form.text("last_name"), ""
    if not invite.user.password_hash:
        if not first:
            raise BadField("first_name", "Write your name")
        hashed = await access.hashed(_password(form))
    command = AcceptInvite(digest=digest, first_name=first, last_name=last, password_hash=hashed)
    await access.ask(command, actor="invite")
    return _to_sign_in("accepted")


async def show_choice(request: Request, form: Form, problem: Exception | None) -> Response:
    """Where a new password is written. Refuses `TokenInvalid`."""
    await _good(request, RESET, _digest(request))
    return _page(request, "new_password.html", form, problem)


async def choose(request: Request, form: Form) -> Response:
    """Choose it: every earlier sign-in is over. Refuses `TokenInvalid`."""
    access, digest = _access(request), _digest(request)
    await _good(request, RESET, digest)  # Before a password is hashed for nothing.
    command = ResetPassword(digest=digest, password_hash=await access.hashed(_password(form)))
    await access.ask(command, actor="reset")
    return _to_sign_in("password_changed")


async def show_proof(request: Request, form: Form, problem: Exception | None) -> Response:
    """Asking for the press of a button that proves an e-mail. Refuses `TokenInvalid`."""
    await _good(request, VERIFY, _digest(request))
    return _page(request, "prove_email.html", form, problem, email=request.query_params.get("email", ""))


async def prove(request: Request, form: Form) -> Response:
    """Prove the e-mail. Refuses `TokenInvalid`."""
    email = request.query_params.get("email", "").replace("\0", "")
    await _access(request).ask(VerifyUser(email=email, digest=_digest(request)), actor="verify")
    return _to_sign_in("email_proven")


async def show_forgotten(request: Request, form: Form, problem: Exception | None) -> Response:
    """Where somebody who forgot their password asks for a mail."""
    return _page(request, "forgotten.html", form, problem, sent=request.query_params.get("sent") == "1")


async def send(request: Request, form: Form) -> Response:
    """Mail what lets them choose a new one. Nobody is told whether there is such a user."""
    access, email = _access(request), form.text("email")
    if "@" not in email:
        raise BadField("email", "Write the e-mail that you sign in with")
    letter, digest = access.new_letter(*letters.reset(request.app.state.links))
    with suppress(NotFound, RecentlyMailed):
        await access.ask(SendReset(email=email, digest=digest, letter=letter), actor="reset")
    request.app.state.postman.ring()
    return RedirectResponse(f"{FORGOTTEN}?sent=1", 303, HEADERS)


PAGES = (
    (ACCEPT, strangers(show_invitation, accept)),
    (CHOOSE, strangers(show_choice, choose)),
    (PROVE, strangers(show_proof, prove)),
    (FORGOTTEN, strangers(show_forgotten, send)),
)
"""Each page and its address; the first three stand in `letters`."""


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


def _digest(request: Request) -> str:
    """Of the token in the address: in its path, or behind it."""
    return _access(request).digest(request.path_params.get("token") or request.query_params.get("token", ""))


async def _invite(request: Request) -> Invite:
    """Refuses `TokenInvalid`."""
    found = await _access(request).door.read(people.invite, DIRECTORY, _digest(request), _now())
    if found is None:
        raise TokenInvalid("this token is not good, or not any more")
    return found


async def _good(request: Request, purpose: str, digest: str) -> None:
    """Refuses `TokenInvalid`."""
    if await _access(request).door.read(people.token_for, DIRECTORY, digest, purpose, _now()) is None:
        raise TokenInvalid("this token is not good, or not any more")


def _password(form: Form) -> str:
    """The password that was written, the same twice. Raises `BadField`."""
    first, again = form.text("password"), form.text("again")
    if not first:
        raise BadField("password", "Write the password that you choose")
    if first != again:
        raise BadField("again", "The two passwords are not the same")
    return first


def _page(request: Request, template: str, form: Form, problem: Exception | None, **context: Any) -> Response:
    status = 200
    if problem is not None:
        status = HTTP_STATUS[problem.kind] if isinstance(problem, Refusal) else 400
    visitor = session.strange(request)
    body = render(
        template, form=form, token=session.form_token(request, visitor), theme=session.theme_of(request),
        problem=sentence(problem) if problem else "", locale="en", **context,
    )  # fmt: skip
    response = HTMLResponse(body, status, HEADERS)
    session.greet(request, response, visitor)
    return response


def _wait(request: Request) -> Response:
    text = "Too many links from here were not good. Wait five minutes, then try again."
    response = plain_page(request, 429, "Please wait", text)
    response.headers["Retry-After"] = str(FAILURES_SECONDS)
    return response


def _to_sign_in(done: str) -> Response:
    return RedirectResponse(f"{ROOT}/sign-in?{urlencode({'done': done})}", 303, HEADERS)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
