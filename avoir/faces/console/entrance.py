"""The entrance: signing in and out, and finding the way to an organization."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from avoir.app.reads import directory
from avoir.core.access import DIRECTORY
from avoir.faces.access import Access
from avoir.faces.body import body_of
from avoir.faces.console import session
from avoir.faces.console.forms import Form, form_of
from avoir.faces.console.templates import render
from avoir.faces.console.visit import HEADERS, ROOT, ForeignForm, SignInFirst, no_of, open_to
from avoir.faces.throttle import FAILURES_SECONDS

WRONG = "That e-mail and password do not belong together."
DONE = {
    "accepted": "You are in. Sign in with your password.",
    "password_changed": "The password is changed. Sign in with it.",
    "email_proven": "The e-mail is confirmed. Sign in with it.",
}
"""What somebody has just done who comes from a mail."""
WAIT = "Too many wrong passwords. Wait five minutes, then try again."


class Entrance:
    """The pages for whom we do not know yet."""

    async def sign_in(self, request: Request) -> Response:
        """Ask for e-mail and password, and see whether they are right."""
        try:
            if request.method == "POST":
                return await self._check(request, form_of(await body_of(request)))
            return self._ask(request, Form(request.query_params.multi_items()))
        except Exception as problem:
            return no_of(request, problem)

    async def sign_out(self, request: Request) -> Response:
        """Forget who it was."""
        try:
            form = form_of(await body_of(request))
            if not session.genuine(request, form.text("token")):
                raise ForeignForm
        except Exception as problem:
            return no_of(request, problem)
        response = RedirectResponse(f"{ROOT}/sign-in", 303, HEADERS)
        session.sign_out(request, response)
        return response

    async def _check(self, request: Request, form: Form) -> Response:
        visitor = session.strange(request)
        if not session.genuine(request, form.text("token"), visitor):
            raise ForeignForm
        access: Access = request.app.state.access
        email, address = form.text("email"), request.client.host if request.client else ""
        if access.throttle.closed(email, address):
            return self._ask(request, form, WAIT, 429)
        user = await access.door.read(directory.user_by_email, DIRECTORY, email)
        password = next(iter(form.values.get("password", ())), "")
        right = await access.verified(None if user is None else user.password_hash, password)
        if user is None or not right:
            access.throttle.failed(email, address)
            return self._ask(request, form, WRONG, 401)
        access.throttle.passed(email, address)
        response = RedirectResponse(_within(form.text("next")), 303, HEADERS)
        session.sign_in(request, response, user)
        return response

    def _ask(self, request: Request, form: Form, problem: str = "", status: int = 200) -> Response:
        visitor = session.strange(request)
        context: dict[str, Any] = {
            "token": session.form_token(request, visitor),
            "form": form,
            "next": _within(form.text("next")),
            "problem": problem,
            "done": "" if problem else DONE.get(form.text("done"), ""),
            "theme": session.theme_of(request),
            "locale": "en",
        }
        headers = HEADERS | ({"Retry-After": str(FAILURES_SECONDS)} if status == 429 else {})
        response = HTMLResponse(render("sign_in.html", **context), status, headers)
        session.greet(request, response, visitor)
        return response


async def start(request: Request) -> Response:
    """To the first organization of whoever is signed in."""
    try:
        user = await session.user_of(request)
        if user is None:
            raise SignInFirst
        access: Access = request.app.state.access
        for tenancy, _ in await open_to(access, user):
            return RedirectResponse(f"{ROOT}/{tenancy.public_id}", 303, HEADERS)
    except Exception as problem:
        return no_of(request, problem)
    body = render(
        "plain.html", title="No books yet", status=200, theme=session.theme_of(request), locale="en",
        text="You belong to no organization whose books are open. They are opened by `avoir organization "
        "create`, or over the API.",
    )  # fmt: skip
    return HTMLResponse(body, 200, HEADERS)


def _within(path: str) -> str:
    """Where to go after signing in: a page of the console, or the consent to a client; nowhere else."""
    ours = path.startswith((f"{ROOT}/", "/oauth/authorize?"))
    return path if ours and "\\" not in path and "//" not in path else f"{ROOT}/"
