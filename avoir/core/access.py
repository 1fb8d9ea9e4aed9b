"""The directory: who may come in, to which organization. It is kept as organization 0.

So every table has its organization, and a directory command is a command like any other.
"""

from avoir.core.row import Row

DIRECTORY = 0
INVITED, ACTIVE, INACTIVE = "invited", "active", "inactive"
"""The states of a membership."""


class User(Row, frozen=True, gc=False):
    """A person who signs in by e-mail and password."""

    TABLE, SECRETS = "users", ("password_hash",)
    GROUPS = (("organization_id", "email"),)
    organization_id: int
    id: int
    email: str
    first_name: str
    last_name: str
    password_hash: str
    active: int
    created_at: str
    generation: int = 0  # Sign-ins of an earlier one are over: the password was changed since.
    verified: int = 1  # 0: signed up, and has not answered our mail yet.


class Tenancy(Row, frozen=True, gc=False):
    """An organization as the directory knows it. `id` is the `organization_id` of its books."""

    TABLE = "tenancies"
    GROUPS = (("organization_id", "public_id"),)
    organization_id: int
    id: int
    public_id: str
    last_api_key: int
    last_client: int
    created_at: str
    last_role: int = 2


class Role(Row, frozen=True, gc=False):
    """What some members of an organization may do. `permissions` is JSON that no query looks into.

    A predefined role without permissions of its own has those of its slug. `scopes` are contract A's,
    separated by blanks.
    """

    TABLE, KEY = "roles", ("organization_id", "tenancy_id", "id")
    organization_id: int
    tenancy_id: int
    id: int
    slug: str
    name: str
    description: str
    predefined: int
    permissions: str
    scopes: str
    created_at: str
    updated_at: str


class Membership(Row, frozen=True, gc=False):
    """A user's place in an organization."""

    TABLE, KEY = "memberships", ("organization_id", "user_id", "tenancy_id")
    GROUPS = (("organization_id", "tenancy_id", "role_id"), ("organization_id", "user_id"))
    organization_id: int
    user_id: int
    tenancy_id: int
    created_at: str
    role_id: int = 1
    state: str = ACTIVE  # invited | active | inactive
    invited_at: str = ""


class ApiKey(Row, frozen=True, gc=False):
    """A `bc_` key of one user for one organization; only its digest is kept."""

    TABLE, KEY = "api_keys", ("organization_id", "tenancy_id", "id")
    GROUPS = (("organization_id", "tenancy_id"),)
    SECRETS = ("digest",)
    organization_id: int
    tenancy_id: int
    id: int
    user_id: int
    name: str
    prefix: str
    digest: str
    created_at: str
    revoked_at: str


class Client(Row, frozen=True, gc=False):
    """An OAuth client of one organization (contract A, 1.2); only its secret's digest is kept."""

    TABLE, KEY = "clients", ("organization_id", "tenancy_id", "id")
    SECRETS = ("secret_digest",)
    organization_id: int
    tenancy_id: int
    id: int
    client_id: str
    name: str
    secret_digest: str
    scopes: str
    expires_in: int
    created_at: str
    credentials_grant: int = 1  # 1: it may ask for tokens in its own name.
    code_grant: int = 0  # 1: it may ask for tokens in the name of a person who consents.
    pkce: int = 0  # 1: a code takes a challenge, and the client may be one that keeps no secret.
    redirect_uri: str = ""  # Where codes are sent to, and nowhere else.
    entity_id: int | None = None
    owner_id: int | None = None  # The person who made it.
    updated_at: str = ""
    deleted_at: str = ""


class Authorization(Row, frozen=True, gc=False):
    """A person's consent to a client (RFC 6749, 4.1): a code that is good once, and briefly.

    Of the code only the digest is kept; `challenge` is that of PKCE, empty where the client made none.
    """

    TABLE, KEY = "authorizations", ("organization_id", "digest")
    SECRETS = ("digest", "challenge")
    organization_id: int
    digest: str
    tenancy_id: int
    client_number: int
    user_id: int
    scopes: str
    redirect_uri: str
    challenge: str
    created_at: str
    expires_at: str
    used_at: str


class SigningKey(Row, frozen=True, gc=False):
    """A secret of this installation that signs tokens and digests keys."""

    TABLE, KEY = "signing_keys", ("organization_id", "name")
    SECRETS = ("secret",)
    organization_id: int
    name: str
    secret: str
    created_at: str
    ends_at: str = ""  # What it signed is not believed any more from here on; empty: no end yet.


USERS_BY_EMAIL = User.GROUPS[0]
TENANCIES_BY_PUBLIC_ID = Tenancy.GROUPS[0]
MEMBERS_BY_ROLE, MEMBERSHIPS_BY_USER = Membership.GROUPS
KEYS_BY_TENANCY = ApiKey.GROUPS[0]
