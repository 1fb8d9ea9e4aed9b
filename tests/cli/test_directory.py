"""Organizations, users, keys and clients made from the command line, on both databases."""

import pytest

from avoir.app.reads import directory
from avoir.app.reads.organization import setup_of
from avoir.core.access import DIRECTORY
from avoir.store.readers import Readers


@pytest.fixture
def made(avoir, url):
    """The facts of a new organization."""
    return avoir(
        "organization", "create", "--name", "Acme [Ltd]", "--currency", "EUR", "--database", url, "--json"
    ).json


def read(url: str, query, organization: int, *args):
    readers = Readers(url, size=1)
    try:
        return readers.run(query, organization, *args)
    finally:
        readers.close()


def test_an_organization_has_its_books_open(url, made):
    setup = read(url, setup_of, made["id"])
    assert (setup.organization.public_id, setup.organization.name) == (made["organization_id"], "Acme [Ltd]")
    assert (setup.base_currency, setup.organization.discount_timing) == ("EUR", "before_tax")
    assert setup.organization.timezone == "UTC"


def test_the_discount_timing_and_the_time_zone_may_be_chosen(avoir, url):
    words = ("--discount-timing", "after_tax", "--timezone", "Asia/Tokyo", "--database", url, "--json")
    made = avoir("organization", "create", "--name", "Kumo", "--currency", "JPY", *words).json
    organization = read(url, setup_of, made["id"]).organization
    assert (organization.discount_timing, organization.timezone) == ("after_tax", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--name", "A", "--currency", "XXX"), "unknown_currency"),
        (("--name", "A", "--currency", "USD", "--timezone", "Moon/Base"), "unknown_timezone"),
        (("--name", "A", "--currency", "USD", "--discount-timing", "never"), "unknown_setting"),
        (("--name", "A"), "bad_arguments"),
    ],
)
def test_a_wrong_organization_leaves_no_trace(avoir, url, words, error):
    said = avoir("organization", "create", *words, "--database", url, "--json")
    assert (said.code, said.json["error"]) == (1, error)
    assert read(url, directory.first_tenancies, DIRECTORY, 9) == []


def test_a_user_key_and_client_belong_to_the_only_organization(avoir, url, made):
    to = ("--database", url, "--json")
    user = avoir("user", "create", "--email", "ada@example.com", "--password", "secret", *to).json
    assert set(user) == {"user_id", "email", "organization_id"}
    key = avoir("key", "create", "--name", "shop", *to).json
    assert key["key"].startswith("bc_")
    assert len(key["key"]) == 3 + 96
    client = avoir(
        "client", "create", "--scopes", " billing:read  billing:write ", "--expires-in", "60", *to
    ).json
    assert (client["scopes"], client["expires_in"]) == ("billing:read billing:write", 60)
    assert {each["organization_id"] for each in (user, key, client)} == {made["organization_id"]}
    (kept,) = read(url, directory.api_keys, DIRECTORY, made["id"])
    assert (kept.id, kept.user_id, kept.name) == (key["id"], user["user_id"], "shop")
    known = read(url, directory.client_by_client_id, DIRECTORY, client["client_id"])
    # Neither secret is kept.
    assert key["key"] not in kept.digest + kept.prefix
    assert client["client_secret"] not in known.secret_digest


def test_a_password_is_made_when_none_is_given_and_shown_once(avoir, url, made):
    user = avoir("user", "create", "--email", "ada@example.com", "--database", url, "--json").json
    assert len(user["password"]) >= 12


def test_the_second_user_of_an_email_is_refused(avoir, url, made):
    words = ("user", "create", "--email", "ada@example.com", "--password", "x", "--database", url)
    assert avoir(*words).code == 0
    said = avoir(*words, "--json")
    assert (said.code, said.json["error"]) == (1, "email_taken")
    said = avoir(*words)
    assert (said.code, said.out) == (1, "")
    assert "avoir: " in said.err


def test_of_several_organizations_one_must_be_named_by_either_id(avoir, url, made):
    to = ("--database", url, "--json")
    assert avoir("key", "create", *to).code == 0
    other = avoir("organization", "create", "--name", "Other", "--currency", "USD", *to).json
    assert avoir("key", "create", *to).json["error"] == "organization_ambiguous"
    for id in (other["organization_id"], str(other["id"])):
        assert (
            avoir("key", "create", "--organization", id, *to).json["organization_id"]
            == other["organization_id"]
        )
    assert avoir("key", "create", "--organization", "nobody", *to).json["error"] == "organization_unknown"


def test_a_key_is_a_users_of_the_organization(avoir, url, made):
    said = avoir("key", "create", "--user", "eve@example.com", "--database", url, "--json")
    assert (said.code, said.json["error"]) == (1, "user_unknown")


def test_a_client_without_scopes_or_time_is_refused(avoir, url, made):
    to = ("--database", url, "--json")
    assert avoir("client", "create", "--scopes", " ", *to).json["error"] == "scopes_required"
    words = ("--scopes", "billing:read", "--expires-in", "0")
    assert avoir("client", "create", *words, *to).json["error"] == "expires_in_not_positive"


def test_without_an_organization_there_is_nobody_to_make(avoir, url):
    said = avoir("key", "create", "--database", url, "--json")
    assert (said.code, said.json["error"]) == (1, "organization_missing")


def test_names_are_no_markup(avoir, url):
    said = avoir("organization", "create", "--name", "[red]Acme[/]", "--currency", "USD", "--database", url)
    assert "[red]Acme[/] is open, in USD." in said.out


def test_the_command_line_makes_a_new_key(avoir, url):
    words = ("--database", url, "--json")
    avoir("organization", "create", "--name", "Acme", "--currency", "USD", *words)
    assert avoir("tokens", "rotate", *words).json == {"key": 1, "overlap_seconds": 86_400}
    assert avoir("tokens", "rotate", "--overlap-seconds", "0", *words).json == {
        "key": 2,
        "overlap_seconds": 0,
    }
    wrong = avoir("tokens", "rotate", "--overlap-seconds", "-1", *words)
    assert (wrong.code, wrong.json["error"]) == (1, "overlap_negative")


def user_of(url: str, email: str):
    return read(url, directory.user_by_email, DIRECTORY, email)


def test_a_new_password_ends_what_was_signed_in_before(avoir, url, made):
    to = ("--database", url, "--json")
    words = ("--email", "ada@example.com")
    avoir("user", "create", *words, "--password", "first", *to)
    before = user_of(url, "ada@example.com")
    said = avoir("user", "password", *words, "--password", "second", *to).json
    assert said == {"user_id": before.id, "email": before.email}
    after = user_of(url, "ada@example.com")
    assert (after.generation, after.password_hash != before.password_hash) == (before.generation + 1, True)
    assert len(avoir("user", "password", *words, *to).json["password"]) >= 12
    assert avoir("user", "password", "--email", "eve@example.com", *to).json["error"] == "user_unknown"
    assert avoir("user", "password", *words, "--password", "", *to).json["error"] == "password_required"


def test_a_role_is_given_by_name_slug_or_id(avoir, url, made):
    to = ("--database", url, "--json")
    for email in ("ada@example.com", "ben@example.com"):
        user = avoir("user", "create", "--email", email, "--password", "secret", *to).json
    roles = read(url, directory.roles, DIRECTORY, made["id"])
    for role in roles:
        for name in (role.name, role.slug, str(role.id)):
            said = avoir("user", "role", "--email", "ben@example.com", "--role", name, *to).json
            assert (said["user_id"], said["role"]) == (user["user_id"], role.name)
            place = read(url, directory.place_of, DIRECTORY, user["user_id"], made["id"])
            assert (place.abilities is None) == (role.slug == "admin")
    nobody = avoir("user", "role", "--email", "ben@example.com", "--role", "king", *to)
    assert (nobody.code, nobody.json["error"]) == (1, "role_unknown")


def test_the_last_who_may_do_everything_keeps_that_role(avoir, url, made):
    to = ("--database", url, "--json")
    avoir("user", "create", "--email", "ada@example.com", "--password", "secret", *to)
    said = avoir("user", "role", "--email", "ada@example.com", "--role", "staff", *to)
    assert (said.code, said.json["error"]) == (1, "last_admin")
