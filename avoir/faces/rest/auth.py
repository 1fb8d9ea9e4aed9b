"""Who sends a request: a signed-in user in one of their organizations, or an API key (rest.md, section 1)."""

from starlette.requests import Request

from avoir.core.access import User
from avoir.faces.access import Access, Identity
from avoir.faces.caller import Caller
from avoir.faces.door import Door
from avoir.faces.rest.errors import Unauthorized

KEY_PREFIX = "bc_"
NOT_BUILT = {
    "statusCode": 400,
    "error": "Bad Request",
    "message": "The organization's books are not open yet: build it first.",
    "errors": [{"type": "TENANT.DATABASE.NOT.INITALIZED"}],
}


NOT_VERIFIED = {
    "statusCode": 401,
    "error": "Unauthorized",
    "message": "The e-mail is not confirmed yet: a mail says how.",
    "errors": [{"type": "USER_EMAIL_NOT_VERIFIED"}],
}


async def identity_of(request: Request) -> Identity:
    """Who calls, and in which organization; it need not be built. Raises `Unauthorized`.

    An API key names its organization itself; the header `organization-id` is then not looked at.
    """
    access: Access = request.app.state.access
    token = _token(request)
    if token[:3].lower() == KEY_PREFIX:
        identity = await access.by_api_key(token)
        if identity is None:
            raise _nobody()
        return identity
    user = await _user(access, token)
    if not user.verified:
        raise Unauthorized(**NOT_VERIFIED)
    public_id = request.headers.get("organization-id")
    if not public_id:
        raise _stranger("Organization ID is required.")
    tenancy = await access.tenancy(public_id)
    if tenancy is None:
        raise _stranger("Organization not found.")
    place = await access.place(user.id, tenancy.id)
    if place is None:
        raise _stranger("You do not have access to this organization.")
    return Identity(f"user:{user.id}", user.id, tenancy.id, None, place.abilities)


async def caller_of(request: Request) -> Caller:
    """Who calls, in an organization whose books are open. Raises `Unauthorized`."""
    identity = await identity_of(request)
    state = request.app.state
    access: Access = state.access
    setup = await access.setup(identity.organization_id)
    if setup is None:
        raise Unauthorized(**NOT_BUILT)
    door: Door = state.door
    return Caller(door, access, identity, setup, request.headers.get("idempotency-key"))


async def user_id_of(request: Request) -> int:
    """The person who calls, in whatever organization. Raises `Unauthorized`."""
    access: Access = request.app.state.access
    token = _token(request)
    if token[:3].lower() != KEY_PREFIX:
        return (await _user(access, token)).id
    identity = await access.by_api_key(token)
    if identity is None or identity.user_id is None:
        raise _nobody()
    return identity.user_id


async def _user(access: Access, token: str) -> User:
    user = await access.user_by_token(token) if token else None
    if user is None:
        raise _nobody()
    return user


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _nobody() -> Unauthorized:
    return Unauthorized(message="Unauthorized", statusCode=401)


def _stranger(message: str) -> Unauthorized:
    return Unauthorized(message=message, error="Unauthorized", statusCode=401)
