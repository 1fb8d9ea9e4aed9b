"""API clients after they were made, and the consent of people to them. All are asked of organization 0.

Secrets never enter here: what comes in is a digest.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from avoir.core.access import Authorization, Client, Membership, Tenancy
from avoir.core.client import InvalidGrant, code_ends, held, lifetime, redeemable, well_formed
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.row import Row, changed

Needs = Iterator[tuple[type[Row], Any]]


class OneClient(Command, frozen=True, kw_only=True):
    """Something that becomes of one client, by its number in its organization."""

    ANSWER: ClassVar[Any] = Client
    tenancy_id: int
    client_number: int

    def needs(self) -> Needs:
        yield Client, (self.tenancy_id, self.client_number)

    def known(self, desk: Desk) -> Client:
        """The client. Refuses `NotFound`, for a deleted one too."""
        client = desk.find(Client, self.tenancy_id, self.client_number)
        if client is None or client.deleted_at:
            raise NotFound("no such Client", kind="Client", id=self.client_number)
        return client


class ManagedClient(OneClient, frozen=True, kw_only=True):
    """Something that somebody does to a client. `holding` is what the token that asks is good for:

    scopes separated by blanks, None is all. Who has less does nothing to a client that has more.
    """

    holding: str | None = None

    def managed(self, desk: Desk) -> Client:
        """The client. Refuses `NotFound`, `ScopeNotHeld`."""
        client = self.known(desk)
        held(self.holding, client.scopes.split())
        return client


class UpdateClient(ManagedClient, frozen=True, kw_only=True):
    """Change what a client is and may do. What is not given stays, and so do tokens already issued."""

    name: str | None = None
    scopes: str | None = None
    expires_in: int | None = None
    credentials_grant: bool | None = None
    code_grant: bool | None = None
    pkce: bool | None = None
    redirect_uri: str | None = None
    entity_id: int | None = None

    def decide(self, desk: Desk) -> Client:
        """Refuses `NotFound`, `ScopeNotHeld`, `BadTokenLifetime`, and what `well_formed` refuses."""
        client = self.managed(desk)
        if self.expires_in is not None:
            lifetime(self.expires_in)
        said = {
            name: int(value) if isinstance(value, bool) else value
            for name in self.__struct_fields__
            if name not in ("tenancy_id", "client_number", "holding")
            and (value := getattr(self, name)) is not None
        }
        fresh = well_formed(changed(client, updated_at=desk.now, **said))
        held(self.holding, fresh.scopes.split())
        desk.tell("client.edited", client)
        return desk.put(fresh)


class DeleteClient(ManagedClient, frozen=True, kw_only=True):
    """End a client and every token of it, for good."""

    def decide(self, desk: Desk) -> Client:
        """Refuses `NotFound`, `ScopeNotHeld`."""
        client = self.managed(desk)
        desk.tell("client.deleted", client)
        return desk.put(changed(client, deleted_at=desk.now, updated_at=desk.now))


class RenewClientSecret(ManagedClient, frozen=True, kw_only=True):
    """Another secret: the old one is dead at once, and tokens already issued live on (contract A, 1.2)."""

    secret_digest: str

    def decide(self, desk: Desk) -> Client:
        """Refuses `NotFound`, `ScopeNotHeld`."""
        client = self.managed(desk)
        desk.tell("client.secret_renewed", client)
        return desk.put(changed(client, secret_digest=self.secret_digest, updated_at=desk.now))


class AuthorizeClient(OneClient, frozen=True, kw_only=True):
    """A person consents: the client may redeem this code once, within a minute (RFC 6749, 4.1)."""

    ANSWER = Authorization
    digest: str
    user_id: int
    scopes: str
    redirect_uri: str
    challenge: str

    def decide(self, desk: Desk) -> Authorization:
        """Refuses `NotFound` for what is no client, and for another's organization."""
        client = self.known(desk)
        desk.get(Membership, self.user_id, desk.get(Tenancy, self.tenancy_id).id)
        given = Authorization(
            organization_id=desk.organization_id,
            digest=self.digest,
            tenancy_id=client.tenancy_id,
            client_number=client.id,
            user_id=self.user_id,
            scopes=self.scopes,
            redirect_uri=self.redirect_uri,
            challenge=self.challenge,
            created_at=desk.now,
            expires_at=code_ends(desk.now),
            used_at="",
        )
        desk.tell("authorization.given", given)
        return desk.add(given)


class RedeemCode(OneClient, frozen=True, kw_only=True):
    """A client takes its token for a code; `challenge` is made of the verifier that it sends."""

    ANSWER = Authorization
    digest: str
    redirect_uri: str
    challenge: str

    def decide(self, desk: Desk) -> Authorization:
        """Refuses `InvalidGrant`."""
        client = desk.find(Client, self.tenancy_id, self.client_number)
        if client is None or client.deleted_at:
            raise InvalidGrant("there is no such client")
        given = redeemable(
            desk.find(Authorization, self.digest), client, self.redirect_uri, self.challenge, desk.now
        )
        desk.tell("authorization.redeemed", given)
        return desk.put(changed(given, used_at=desk.now))
