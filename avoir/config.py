"""Settings: what they are called, what they are when nobody says, and where each came from."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta

PREFIX = "AVOIR_"
MASK = "********"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting; its name in the environment is the field's in capitals, after `AVOIR_`."""

    database_url: Annotated[
        str, Meta(description="The books: `postgresql://user@host/name`, `sqlite:///path`, or a bare path.")
    ] = "avoir.db"
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = (
        8787
    )
    processes: Annotated[
        int, Meta(ge=1, le=64, description="Processes that speak HTTP, beside the clerk's.")
    ] = 1
    clerks: Annotated[
        int,
        Meta(
            ge=1,
            le=64,
            description="Processes that write, each for its share of the organizations. "
            "More than one needs PostgreSQL.",
        ),
    ] = 1
    secret: Annotated[
        str, Meta(description="Signs tokens and digests keys. Made and kept in the database when not given.")
    ] = ""
    base_url: Annotated[
        str,
        Meta(description="How the world reaches this server; the audience of tokens. Else host and port."),
    ] = ""
    token_seconds: Annotated[int, Meta(ge=1, description="How long a sign-in is good for.")] = 86_400
    signup: Annotated[bool, Meta(description="Whether strangers may sign up.")] = True
    signup_emails: Annotated[
        str, Meta(description="Who may sign up in any case: e-mails, separated by commas.")
    ] = ""
    signup_domains: Annotated[
        str, Meta(description="Whose e-mails may sign up, and no others: domains, separated by commas.")
    ] = ""
    signup_confirmation: Annotated[
        bool, Meta(description="Whether a new user proves the e-mail before anything else.")
    ] = False
    links_url: Annotated[
        str, Meta(description="Where the links in mails lead to. Else `base_url`, or host and port.")
    ] = ""
    mail_url: Annotated[
        str,
        Meta(description="Who carries mail: `smtp://user:password@host:587`. A folder when not given."),
    ] = ""
    mail_folder: Annotated[
        str, Meta(description="Where mail is laid down as files when no server carries it.")
    ] = "avoir-mail"
    mail_from: Annotated[str, Meta(description="Who the mail is from.")] = "Avoir <avoir@localhost>"
    mail_days: Annotated[
        int,
        Meta(ge=0, description="Days after which what a mail said, and its token, is forgotten; 0: never."),
    ] = 90
    rate_limit_key: Annotated[
        int, Meta(ge=0, description="Requests a minute of one key or sign-in, by process; 0: any number.")
    ] = 1_000_000
    rate_limit_address: Annotated[
        int, Meta(ge=0, description="Requests a minute from one address, by process; 0: any number.")
    ] = 1_000_000
    rate_limit_auth: Annotated[
        int, Meta(ge=0, description="Sign-ins and tokens tried a minute from one address; 0: any number.")
    ] = 600
    files_folder: Annotated[str, Meta(description="Where attachments are laid down.")] = "avoir-files"
    files_url: Annotated[
        str,
        Meta(
            pattern=r"^(s3://[^/]+(/.*)?)?$",
            description="Where they are kept instead: `s3://bucket/prefix`; `AWS_...` says who we are there.",
        ),
    ] = ""
    file_limit: Annotated[int, Meta(ge=1024, description="The longest upload, in bytes.")] = 10_485_760
    body_limit: Annotated[int, Meta(ge=1024, description="The largest request body, in bytes.")] = 1_048_576
    readers: Annotated[int, Meta(ge=1, le=64, description="Connections for reading, by process.")] = 4
    worker_seconds: Annotated[
        int,
        Meta(ge=0, description="How often the worker looks for refunds to send or to ask after; 0: never."),
    ] = 5
    sandbox: Annotated[bool, Meta(description="Whether the gateway `sandbox` is served: no money moves.")] = (
        False
    )
    graphiql: Annotated[bool, Meta(description="Whether GET /graphiql shows GraphiQL, served from here.")] = (
        True
    )
    graphql_introspection: Annotated[
        bool, Meta(description="Whether GraphQL tells clients what its schema is.")
    ] = True
    graphql_batching: Annotated[
        bool, Meta(description="Whether one GraphQL request may hold a JSON array of operations.")
    ] = False
    graphql_documents: Annotated[
        str, Meta(description="A JSON file of GraphQL documents by id that may be asked for by their hash.")
    ] = ""
    graphql_listed_only: Annotated[
        bool, Meta(description="Whether GraphQL executes the documents of that file and no others.")
    ] = False
    webhooks_private: Annotated[
        bool, Meta(description="Whether webhooks may go to private addresses, such as this machine's own.")
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="What is worth a line in the log.")
    ] = "info"


class BadSetting(ValueError):
    """A setting has a value that it cannot have."""


class Origin(NamedTuple):
    """A setting, its value, and where the value came from: `command line`, `environment` or `default`."""

    name: str
    value: Any
    origin: str

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()


def load(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from what was `given` (not None), else the environment, else the defaults.

    Raises `BadSetting`.
    """
    return Settings(**{each.name: each.value for each in origins(given, environment)})


def origins(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> list[Origin]:
    """Every setting with its origin, in the order of `Settings`. Raises `BadSetting`."""
    environment = os.environ if environment is None else environment
    found = []
    for field in msgspec.structs.fields(Settings):
        variable = PREFIX + field.name.upper()
        if given.get(field.name) is not None:
            value = _typed(field.name, given[field.name], field.name.replace("_", " "))
            found.append(Origin(field.name, value, "command line"))
        elif variable in environment:
            value = _typed(field.name, environment[variable], variable)
            found.append(Origin(field.name, value, "environment"))
        else:
            found.append(Origin(field.name, field.default, "default"))
    return found


def in_environment(settings: Settings) -> dict[str, str]:
    """The settings as a child process is to find them in its environment."""
    values = msgspec.structs.asdict(settings)
    return {
        PREFIX + name.upper(): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


def described() -> dict[str, str]:
    """What each setting is for, by name."""
    hints = get_type_hints(Settings, include_extras=True)
    return {name: hint.__metadata__[0].description for name, hint in hints.items()}


def masked(name: str, value: Any) -> Any:
    """The value as it may be shown: no secret, and no password in an address."""
    if name == "secret":
        return MASK if value else ""
    return without_password(value) if name in ("database_url", "mail_url") else value


def without_password(url: str) -> str:
    """An address without the password in it."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{MASK}@{host}"))


def _typed(name: str, given: Any, what: str) -> Any:
    try:
        return msgspec.convert(given, get_type_hints(Settings, include_extras=True)[name], strict=False)
    except msgspec.ValidationError as problem:
        raise BadSetting(f"{what}: {problem}") from None
