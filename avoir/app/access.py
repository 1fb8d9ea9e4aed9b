"""The directory's commands: people, keys, clients. All are asked of organization 0.

Secrets never enter here: what comes in is a digest or a hash.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from avoir.core.access import ApiKey, Client, Membership, Role, SigningKey, Tenancy, User
from avoir.core.client import held, well_formed
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.mail import Letter, later
from avoir.core.mailed_token import VERIFY, mail_token
from avoir.core.person import new_user
from avoir.core.role import ADMIN_ROLE, may_give, may_give_scopes, open_roles
from avoir.core.row import Row, changed


class SignupClosed(Refusal):
    """The server takes no sign-ups; somebody inside makes the users."""

    code = "signup_closed"


class SignupNotForYou(Refusal):
    """The server takes sign-ups of some people and domains only."""

    code, kind = "signup_not_for_you", Kind.CONFLICT


class SignedUp(msgspec.Struct, frozen=True):
    """A new user and the organization made for them, not built yet."""

    user_id: int
    tenancy_id: int
    public_id: str


class SignUp(Command, frozen=True, kw_only=True):
    """A new user with an organization of their own."""

    ANSWER = SignedUp
    email: str
    first_name: str
    last_name: str
    password_hash: str
    public_id: str
    digest: str = ""
    letter: Letter | None = None

    def decide(self, desk: Desk) -> SignedUp:
        """Refuses `EmailTaken`. With a letter, the e-mail has to be proven by the token in it."""
        user = new_user(desk, self.email, self.first_name, self.last_name, self.password_hash)
        tenancy = _tenancy(desk, self.public_id)
        desk.add(Membership(desk.organization_id, user.id, tenancy.id, desk.now))
        if self.letter is not None:
            user = desk.put(changed(user, verified=0))
            mail_token(desk, user, VERIFY, self.digest, self.letter)
        return SignedUp(user.id, tenancy.id, tenancy.public_id)


class CreateTenancy(Command, frozen=True, kw_only=True):
    """Room for an organization; its books are opened by `OpenBooks`."""

    ANSWER = Tenancy
    public_id: str

    def decide(self, desk: Desk) -> Tenancy:
        """Refuses nothing."""
        return _tenancy(desk, self.public_id)


class CreateUser(Command, frozen=True, kw_only=True):
    """A new user in an existing organization. `by` and `holding` are who asks, as for a role that is made."""

    ANSWER = User
    tenancy_id: int
    email: str
    first_name: str
    last_name: str
    password_hash: str
    role_id: int = ADMIN_ROLE
    by: int = 0
    holding: str | None = None

    def decide(self, desk: Desk) -> User:
        """Refuses `EmailTaken`, `NotFound` for an organization or role, and what `may_give` refuses."""
        tenancy = desk.get(Tenancy, self.tenancy_id)
        role = desk.get(Role, self.tenancy_id, self.role_id)
        may_give(desk, self.tenancy_id, self.by, role, self.holding)
        user = new_user(desk, self.email, self.first_name, self.last_name, self.password_hash)
        desk.add(Membership(desk.organization_id, user.id, tenancy.id, desk.now, role.id))
        return changed(user, password_hash="")  # An answer is kept; the hash has its one place.


class GenerateApiKey(Command, frozen=True, kw_only=True):
    """A `bc_` key for one user in one organization; the caller keeps the key, we its digest."""

    ANSWER = ApiKey
    tenancy_id: int
    user_id: int
    name: str
    prefix: str
    digest: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Tenancy, self.tenancy_id

    def decide(self, desk: Desk) -> ApiKey:
        """Refuses `NotFound` for an unknown organization."""
        tenancy = desk.get(Tenancy, self.tenancy_id)
        id = tenancy.last_api_key + 1
        desk.put(changed(tenancy, last_api_key=id))
        key = desk.add(
            ApiKey(
                desk.organization_id,
                tenancy.id,
                id,
                self.user_id,
                self.name,
                self.prefix,
                self.digest,
                desk.now,
                "",
            )
        )
        desk.tell("api_key.generated", key)
        return key


class RevokeApiKey(Command, frozen=True, kw_only=True):
    """End a key, for good."""

    ANSWER = ApiKey
    tenancy_id: int
    api_key_id: int

    def decide(self, desk: Desk) -> ApiKey:
        """Refuses `NotFound`."""
        key = desk.get(ApiKey, self.tenancy_id, self.api_key_id)
        if key.revoked_at:
            return key
        desk.tell("api_key.revoked", key)
        return desk.put(changed(key, revoked_at=desk.now))


class CreateClient(Command, frozen=True, kw_only=True):
    """An OAuth client of an organization (contract A, 1.2). `scopes` are separated by blanks.

    `by` is the user who asks, and `holding` what the token is good for by which a client asks (None: all).
    """

    ANSWER = Client
    tenancy_id: int
    client_id: str
    name: str
    secret_digest: str
    scopes: str
    expires_in: int = 7200
    credentials_grant: bool = True
    code_grant: bool = False
    pkce: bool = False
    redirect_uri: str = ""
    entity_id: int | None = None
    owner_id: int | None = None
    by: int = 0
    holding: str | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Tenancy, self.tenancy_id

    def decide(self, desk: Desk) -> Client:
        """Refuses `NotFound` for an unknown organization, `ScopeNotHeld`, and what `well_formed` refuses."""
        tenancy = desk.get(Tenancy, self.tenancy_id)
        id = tenancy.last_client + 1
        desk.put(changed(tenancy, last_client=id))
        client = Client(
            organization_id=desk.organization_id,
            tenancy_id=tenancy.id,
            id=id,
            client_id=self.client_id,
            name=self.name,
            secret_digest=self.secret_digest,
            scopes=self.scopes,
            expires_in=self.expires_in,
            created_at=desk.now,
            credentials_grant=int(self.credentials_grant),
            code_grant=int(self.code_grant),
            pkce=int(self.pkce),
            redirect_uri=self.redirect_uri,
            entity_id=self.entity_id,
            owner_id=self.owner_id,
            updated_at=desk.now,
        )
        client = desk.add(well_formed(client))
        held(self.holding, client.scopes.split())
        may_give_scopes(desk, self.tenancy_id, self.by, client.scopes.split())
        desk.tell("client.created", client)
        return client


class KeepSigningKey(Command, frozen=True, kw_only=True):
    """The signing key of that name; the one offered, if there was none yet."""

    ANSWER = SigningKey
    name: str
    secret: str

    def decide(self, desk: Desk) -> SigningKey:
        """Refuses nothing."""
        known = desk.find(SigningKey, self.name)
        if known is not None:
            return known
        key = desk.add(SigningKey(desk.organization_id, self.name, self.secret, desk.now))
        desk.tell("signing_key.kept", key)
        return key


class RotateSigningKey(Command, frozen=True, kw_only=True):
    """A new key for tokens. What older ones signed is believed for a while yet, be it of no length."""

    ANSWER = int
    secret: str
    overlap_seconds: int

    def decide(self, desk: Desk) -> int:
        """The new key's number. Refuses nothing."""
        end, number = later(desk.now, self.overlap_seconds), 0
        if desk.find(SigningKey, "token-0") is None:
            # The first key is made of the secret alone, and has no row before it ends.
            desk.add(SigningKey(desk.organization_id, "token-0", "", desk.now))
        while (old := desk.find(SigningKey, f"token-{number}")) is not None:
            if not old.ends_at or old.ends_at > end:
                desk.put(changed(old, ends_at=end))
            number += 1
        key = desk.add(SigningKey(desk.organization_id, f"token-{number}", self.secret, desk.now))
        desk.tell("signing_key.rotated", key)
        return number


def _tenancy(desk: Desk, public_id: str) -> Tenancy:
    tenancy = Tenancy(desk.organization_id, desk.next("tenancy"), public_id, 0, 0, desk.now)
    desk.tell("tenancy.created", tenancy)
    open_roles(desk, desk.add(tenancy))
    return tenancy
