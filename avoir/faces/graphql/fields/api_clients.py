"""ApiClient: an application that may ask for access tokens."""

from typing import Any, NamedTuple

from avoir.core.access import Client
from avoir.faces.graphql.fields.common import Fields, of, some


class NewClient(NamedTuple):
    """A client together with its secret, which is told once: of the secret only a digest is kept."""

    client: Client
    secret: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


API_CLIENT: Fields = {
    "accessTokenExpiresIn": of("expires_in"),
    "authorizationCodeEnabled": lambda client, info: bool(client.code_grant),
    "clientCredentialsEnabled": lambda client, info: bool(client.credentials_grant),
    "clientId": of("client_id"),
    "clientSecret": lambda client, info: client.secret if isinstance(client, NewClient) else None,
    "entityId": of("entity_id"),
    "id": of("id"),
    "name": of("name"),
    "ownerId": of("owner_id"),
    "pkceEnabled": lambda client, info: bool(client.pkce),
    "redirectUri": some("redirect_uri"),
    "scopes": lambda client, info: client.scopes.split(),
}
