"""Who is calling: passwords, tokens and keys, and the little that is remembered about them."""

import asyncio
import hmac
import secrets
import time
import uuid
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from avoir.app.access import KeepSigningKey
from avoir.app.reads import directory
from avoir.app.reads.directory import Place
from avoir.app.reads.organization import Setup, setup_of
from avoir.core.access import DIRECTORY, Client, Tenancy, User
from avoir.core.command import Command
from avoir.core.mail import Letter
from avoir.faces.door import Door, envelope
from avoir.faces.memory import Memory
from avoir.faces.signing import TokenKeys
from avoir.faces.throttle import Throttle

REMEMBERED_SECONDS = 1
"""How long another process may go on honouring what this one has revoked."""
TOKEN_KEYS_SECONDS = 10
"""How long another process may go on signing by a key that was replaced."""
UTC_ZONE = ZoneInfo("UTC")
SIGN_IN, OAUTH = "HS384", "HS512"  # As contracts B and A have them.
PORTAL = "HS256"
"""Another algorithm, so that no token is good for what another is."""


REFUND = "Refund CreditNode"
"""What it takes to pay back, in every face."""


class Identity(msgspec.Struct, frozen=True):
    """Who calls, in whose books, and what for: A's `scopes`, B's `abilities`; None is all."""

    actor: str
    user_id: int | None
    organization_id: int
    scopes: frozenset[str] | None = None
    abilities: frozenset[str] | None = None

    def may(self, ability: str) -> bool:
        """Whether the role of the person who calls, or in whose name a client does, gives an ability."""
        return self.abilities is None or ability in self.abilities


class Access:
    """Checks credentials against the directory; one for each process."""

    def __init__(self, door: Door, secret: str, token_seconds: int, audience: str) -> None:
        self.door, self.token_seconds, self.audience = door, token_seconds, audience
        self.links = audience  # Where the links in mails and on papers lead to.
        self.sandbox = False  # Whether the gateway without money takes payments here.
        self.private_webhooks = False  # Whether webhooks may go to private addresses, on trial too.
        self._secret = secret.encode()
        self._digest_key = _derived(self._secret, "digest")
        self._tokens, self._tokens_due = TokenKeys(self._secret), 0.0
        self._hasher = PasswordHasher()
        self.throttle = Throttle()
        # A verification takes a quarter of a second of one core: two at a time, or sign-ins stop the refunds.
        self._verifying = asyncio.Semaphore(2)
        self.memory = Memory(REMEMBERED_SECONDS)

    # Passwords.

    async def hashed(self, password: str) -> str:
        """The hash to keep of a password."""
        async with self._verifying:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verified(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the one; as slow for a user who is not there."""
        async with self._verifying:
            return await asyncio.to_thread(self._verify, password_hash or self._decoy(), password)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _decoy(self) -> str:
        return "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43

    # Keys and secrets.

    def digest(self, secret: str) -> str:
        """What is kept of an API key or client secret."""
        return hmac.digest(self._digest_key, secret.encode(), "sha256").hex()

    def new_secret(self, prefix: str, length: int, *, once: str | None = None) -> str:
        """A random secret in hex. With `once` (an idempotency key and its owner), the same each time."""
        if once is None:
            return prefix + secrets.token_hex(length // 2)
        stream = b"".join(_derived(self._secret, f"{once}#{i}") for i in range(length // 64 + 1))
        return prefix + stream.hex()[:length]

    async def by_api_key(self, key: str) -> Identity | None:
        """The caller with this `bc_` key."""
        found = await self._remember(directory.holder_by_digest, self.digest(key))
        if found is None:
            return None
        held = found.key
        actor = f"user:{held.user_id} key:{held.id}"
        return Identity(actor, held.user_id, held.tenancy_id, None, found.place.abilities)

    def new_letter(self, subject: str, text: str) -> tuple[Letter, str]:
        """A letter with a one-time token where `TOKEN` stands last, and the token's digest."""
        nonce = secrets.token_hex(16)
        return Letter(subject, text, nonce), self.digest(self.letter_token(nonce))

    def letter_token(self, nonce: str) -> str:
        """The one-time token of a letter. It is nowhere kept: whoever carries the letter makes it again."""
        return self.new_secret("", 64, once=f"letter {nonce}")

    # Tokens.

    def sign_in_token(self, user: User) -> str:
        """A token of contract B: HS384, `sub` is the e-mail. `sid` ends it with the password."""
        now = int(time.time())
        claims = {"sub": user.email, "iat": now, "exp": now + self.token_seconds, "sid": _session_of(user)}
        return self._tokens.sign({"alg": SIGN_IN, "typ": "JWT"}, claims)

    def client_token(self, client: Client, scope: str, user_id: int | None = None) -> str:
        """A token of contract A, 1.1: HS512, with the client as `kid`.

        `sub` is who acts: the client, or the person who consented to it, whose number is then `user_id`.
        """
        now = int(time.time())
        who = client.client_id if user_id is None else f"user:{user_id}"
        own: dict[str, Any] = {} if user_id is None else {"user_id": user_id}
        claims = {
            "iss": "Avoir",
            "iat": now,
            "jti": str(uuid.uuid4()),
            "client_id": client.client_id,
            "aud": self.audience,
            "exp": now + client.expires_in,
            "scope": scope,
            "sub": str(uuid.uuid5(uuid.NAMESPACE_OID, who)),
            **own,
        }
        return self._tokens.sign({"alg": OAUTH, "kid": client.client_id}, claims)

    def portal_token(self, organization_id: int, customer_uuid: str, seconds: int, return_url: str) -> str:
        """A customer's own token (contract A, 1.7); no client's, and no person's."""
        now = int(time.time())
        claims = {
            "iss": "Avoir", "iat": now, "jti": str(uuid.uuid4()), "aud": f"{self.audience}/portal",
            "exp": now + seconds, "sub": customer_uuid, "organization_id": organization_id,
            "return_url": return_url,
        }  # fmt: skip
        return self._tokens.sign({"alg": PORTAL, "typ": "JWT"}, claims)

    def portal(self, token: str) -> dict[str, Any] | None:
        """The claims of a customer's token that is genuine and not expired."""
        return self.claims(token, PORTAL)

    def claims(self, token: str, algorithm: str) -> dict[str, Any] | None:
        """The claims of a token that is genuine and not expired."""
        claims = self._tokens.genuine(token, algorithm)
        expires = claims.get("exp")
        return claims if isinstance(expires, int) and expires > time.time() else None

    def has_expired(self, token: str) -> bool:
        """Whether it was a client's token once."""
        expires = self._tokens.genuine(token, OAUTH).get("exp")
        return isinstance(expires, int) and expires <= time.time()

    async def load_tokens(self) -> None:
        """Know the keys that tokens are signed by: another process may have made a new one."""
        self._tokens_due = time.monotonic() + TOKEN_KEYS_SECONDS
        self._tokens.load(await self.door.read(directory.token_keys, DIRECTORY))

    async def _claims(self, token: str, algorithm: str) -> dict[str, Any] | None:
        now = time.monotonic()
        if now >= self._tokens_due:
            await self.load_tokens()
        claims = self.claims(token, algorithm)
        # Whoever has a token of a key that we have not heard of yet need not wait; whoever tries us on, must.
        if claims is None and token.count(".") == 2 and self._tokens_due < now + TOKEN_KEYS_SECONDS - 1:
            await self.load_tokens()
            claims = self.claims(token, algorithm)
        return claims

    async def user_by_token(self, token: str) -> User | None:
        """The user who signed in."""
        claims = await self._claims(token, SIGN_IN)
        if claims is None or not isinstance(claims.get("sub"), str):
            return None
        user: User | None = await self._remember(directory.user_by_email, claims["sub"])
        # The e-mail may be another person's by now, and a new password ends what was signed in before.
        return user if user is not None and claims.get("sid") == _session_of(user) else None

    async def by_client_token(self, token: str) -> Identity | None:
        """The OAuth client that the token was given to, with the token's scopes."""
        claims = await self._claims(token, OAUTH)
        if claims is None or not isinstance(claims.get("client_id"), str):
            return None
        client = await self.client(claims["client_id"])
        if client is None:
            return None
        scopes = frozenset(str(claims.get("scope", "")).split())
        user_id = claims.get("user_id")
        if user_id is None:
            return Identity(f"client:{client.client_id}", None, client.tenancy_id, scopes)
        place = await self.place(user_id, client.tenancy_id)
        if place is None:
            return None
        if place.scopes is not None:
            scopes &= place.scopes  # A client may do for a person what that person's role may, and no more.
        actor = f"user:{user_id} client:{client.client_id}"
        return Identity(actor, user_id, client.tenancy_id, scopes, place.abilities)

    async def client(self, client_id: str) -> Client | None:
        """The OAuth client with this id."""
        client: Client | None = await self._remember(directory.client_by_client_id, client_id)
        return client

    # Organizations.

    async def tenancy(self, public_id: str) -> Tenancy | None:
        """The organization that the world knows by this id."""
        tenancy: Tenancy | None = await self._remember(directory.tenancy_by_public_id, public_id)
        return tenancy

    async def place(self, user_id: int, tenancy_id: int) -> Place | None:
        """What a user may do in an organization; None where they are no active member."""
        place: Place | None = await self._remember(directory.place_of, user_id, tenancy_id)
        return place

    async def is_member(self, user_id: int, tenancy_id: int) -> bool:
        """Whether the user is an active member of the organization."""
        return await self.place(user_id, tenancy_id) is not None

    async def setup(self, organization_id: int) -> Setup | None:
        """What a face must know of an organization; None while its books are not open."""
        name = ("setup", organization_id)
        setup: Setup | None = self.memory.get(name) or await self.memory.learn(
            name, self.door.read, setup_of, organization_id
        )
        return setup

    # The directory's commands.

    async def ask(
        self, command: Command, *, actor: str, key: str | None = None, secrets: Iterable[str] = ()
    ) -> Any:
        """Ask the directory. Fields that are random by nature are stood for by the caller's `secrets`."""
        print_of = self.digest("\0".join((type(command).__name__, *secrets))) if secrets else None
        asked = envelope(DIRECTORY, command, actor=actor, zone=UTC_ZONE, key=key, print_of=print_of)
        try:
            return await self.door.ask(asked)
        finally:
            self.forget()

    def forget(self) -> None:
        """Remember nothing: something may have changed."""
        self.memory.forget()

    async def _remember(self, read: Any, *args: Any) -> Any:
        """What the directory says, as of a moment ago."""
        name = (read, *args)
        return self.memory.get(name) or await self.memory.learn(name, self.door.read, read, DIRECTORY, *args)


async def open_access(door: Door, secret: str, token_seconds: int, audience: str) -> Access:
    """The access of this installation; its secret is made and kept in the database if none is given."""
    if not secret:
        offered = KeepSigningKey(name="main", secret=secrets.token_hex(32))
        kept = await door.ask(envelope(DIRECTORY, offered, actor="server", zone=UTC_ZONE))
        secret = kept.secret
    access = Access(door, secret, token_seconds, audience)
    await access.load_tokens()
    return access


def _session_of(user: User) -> str:
    return f"{user.id}.{user.generation}"


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.new(secret, purpose.encode(), sha256).digest()
