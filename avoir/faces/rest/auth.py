"""Who sends a request: a signed-in user in one of their organizations, or an API key (rest.md, section 1)."""

from collections.abc import Mapping

from avoir.core.access import User
from avoir.faces.access import Access, Identity
from avoir.faces.caller import Caller
from avoir.faces.rest.errors import Unauthorized

Headers = Mapping[bytes, bytes]

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


async def identity_of(access: Access, headers: Headers) -> Identity:
    """Who calls, and in which organization; it need not be built. Raises `Unauthorized`.

    An API key names its organization itself; the header `organization-id` is then not looked at.
    """
    # By what was sent itself: whoever could read it here could read it off the request as well.
    name = (headers.get(b"authorization"), headers.get(b"organization-id"))
    known: Identity = access.memory.get(name) or await access.memory.learn(name, _identified, access, headers)
    return known


async def _identified(access: Access, headers: Headers) -> Identity:
    token = _token(headers)
    if token[:3].lower() == KEY_PREFIX:
        identity = await access.by_api_key(token)
        if identity is None:
            raise _nobody()
        return identity
    user = await _user(access, token)
    if not user.verified:
        raise Unauthorized(**NOT_VERIFIED)
    public_id = headers.get(b"organization-id")
    if not public_id:
        raise _stranger("Organization ID is required.")
    tenancy = await access.tenancy(public_id.decode("latin-1"))
    if tenancy is None:
        raise _stranger("Organization not found.")
    place = await access.place(user.id, tenancy.id)
    if place is None:
        raise _stranger("You do not have access to this organization.")
    return Identity(f"user:{user.id}", user.id, tenancy.id, None, place.abilities)


async def caller_of(access: Access, headers: Headers) -> Caller:
    """Who calls, in an organization whose books are open. Raises `Unauthorized`."""
    identity = await identity_of(access, headers)
    setup = await access.setup(identity.organization_id)
    if setup is None:
        raise Unauthorized(**NOT_BUILT)
    return Caller(access.door, access, identity, setup, key_in(headers))


async def user_id_of(access: Access, headers: Headers) -> int:
    """The person who calls, in whatever organization. Raises `Unauthorized`."""
    token = _token(headers)
    if token[:3].lower() != KEY_PREFIX:
        return (await _user(access, token)).id
    identity = await access.by_api_key(token)
    if identity is None or identity.user_id is None:
        raise _nobody()
    return identity.user_id


def key_in(headers: Headers) -> str | None:
    """The idempotency key that the client gave."""
    key = headers.get(b"idempotency-key")
    return None if key is None else key.decode("latin-1")


async def _user(access: Access, token: str) -> User:
    user = await access.user_by_token(token) if token else None
    if user is None:
        raise _nobody()
    return user


def _token(headers: Headers) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def _nobody() -> Unauthorized:
    return Unauthorized(message="Unauthorized", statusCode=401)


def _stranger(message: str) -> Unauthorized:
    return Unauthorized(message=message, error="Unauthorized", statusCode=401)
