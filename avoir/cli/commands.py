"""The commands. Each is loaded when it is called, so that help comes at once."""

import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, CycloptsError

from avoir.cli.output import fail, failure_of

app = App(
    name="avoir",
    help="The open refunds engine: credit notes, refunds and allocations on an immutable ledger.",
    version=version("avoir"),
    result_action="return_none",
)
app.command("avoir.cli.serve:serve", help="Serve GraphQL and REST over HTTP.")
app.command("avoir.cli.demo:demo", help="Make a demonstration company, refund an invoice, and keep serving.")
app.command("avoir.cli.upkeep:migrate", help="Bring the database to the newest version.")
app.command("avoir.cli.upkeep:verify", help="Recompute everything that must always be true.")
app.command(
    "avoir.cli.simulate:simulate", help="Run worlds in which everything goes wrong, and prove their books."
)
app.command("avoir.cli.upkeep:settings", help="List every setting, its value and where that came from.")
app.command("avoir.cli.schema:schema", help="Print a reference: graphql, openapi, rest, refusals, postings.")

organization = App(name="organization", help="Organizations.")
organization.command(
    "avoir.cli.directory:create_organization", name="create", help="Make one and open its books."
)
user = App(name="user", help="People who sign in.")
user.command("avoir.cli.directory:create_user", name="create", help="Make one, in an organization.")
user.command(
    "avoir.cli.people:set_password", name="password", help="Set a password; earlier sign-ins are over."
)
user.command("avoir.cli.people:set_role", name="role", help="Give a member another role.")
key = App(name="key", help="API keys for REST.")
key.command("avoir.cli.directory:create_key", name="create", help="Make one; it is printed once.")
client = App(name="client", help="OAuth clients for GraphQL.")
client.command(
    "avoir.cli.directory:create_client", name="create", help="Make one; its secret is printed once."
)
seal = App(name="seal", help="Seals: blocks of posted entries, chained by their hashes.")
seal.command("avoir.cli.seals:make", name="make", help="Seal now what was posted until now.")
seal.command("avoir.cli.seals:status", name="status", help="Say how far entries are sealed.")
seal.command("avoir.cli.seals:export", name="export", help="Print the proof of one entry.")
seal.command("avoir.cli.seals:check", name="check", help="Check a proof, without the database.")
tokens = App(name="tokens", help="The tokens that people and clients sign in by.")
tokens.command("avoir.cli.tokens:rotate", name="rotate", help="Sign them by a new key from now on.")
for group in (organization, user, key, client, seal, tokens):
    app.command(group)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Ends the process with 1 when it was refused or could not be done."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    try:
        app(words, exit_on_error=False, print_error=not as_json)
    except CycloptsError as problem:
        # Without --json Cyclopts has said it already, with the help at hand.
        if as_json:
            fail("bad_arguments", str(problem), as_json=True)
        sys.exit(1)
    except Exception as problem:
        failure = failure_of(problem)
        fail(failure.code, failure.message, as_json=as_json, **failure.facts)
        sys.exit(1)
