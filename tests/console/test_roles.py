"""What a role covers: pages that are shown, buttons that are offered, acts that are refused."""

import ast
import re
from pathlib import Path

import pytest

import avoir.faces.console
from avoir.app.invoice_credits import DraftInvoiceCredit
from avoir.core.credit_note import REFUND
from avoir.core.role import SUBJECTS
from avoir.faces.access import UTC_ZONE
from avoir.faces.console import abilities
from avoir.faces.console.rooms import WAYS
from avoir.faces.door import envelope
from tests.console.company import STAFF, small_company
from tests.console.test_pages import filled
from tests.console.visitor import visiting

CONSOLE = Path(avoir.faces.console.__file__).parent
COMMANDS = re.compile(r"avoir\.app\.(?!reads|clerk)\w+")
SAM, NEW = "3", "new@northlight.example"
SHUT = {
    "/books/journal", "/books/journal/{id}", "/books/accounts/{id}", "/books/{report}", "/settings/audit",
    "/settings/keys", "/settings/people", "/settings/proof", "/settings/roles", "/settings/roles/new",
    "/settings/roles/{id}", "/books/general-ledger/lines",
}  # fmt: skip


@pytest.fixture
def staff(url):
    """Somebody who keeps documents, and pays nothing out."""
    company = small_company(url)
    with visiting(url, company.organization) as visitor:
        visitor.company = company
        assert visitor.sign_in(STAFF).status_code == 303
        yield visitor


@pytest.fixture
def ada(staff):
    """Somebody who may do everything."""
    visitor = staff.another()
    visitor.sign_in()
    return visitor


def imported_commands() -> set[str]:
    """Every class that a file of the console imports from a file of commands."""
    found = set()
    for file in CONSOLE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and re.fullmatch(
                r"avoir\.app\.(?!reads|clerk)\w+", node.module or ""
            ):
                found |= {each.name for each in node.names}
    return found


def test_every_command_of_the_console_needs_an_ability_or_says_that_it_needs_none():
    values = {"Share", "Portion", "Piece", "Outcome", "Invitation"}
    # Consent is asked of whoever is signed in, about their own rights; the others of who has a mail's token.
    own = {"AuthorizeClient", "AcceptInvite", "ResetPassword", "SendReset", "VerifyUser", "RecentlyMailed"}
    assert imported_commands() - values - own == {kind.__name__ for kind in abilities.ACTS}


def test_every_ability_can_be_given_by_a_role():
    said = {*abilities.ACTS.values(), *abilities.ROOMS.values(), *abilities.PAGES.values()} - {""}
    for ability in said:
        verb, _, subject = ability.partition(" ")
        assert verb in (*SUBJECTS[subject].abilities, *SUBJECTS[subject].extra), ability


def test_what_the_role_does_not_cover_is_not_shown(staff):
    answers = {way.path: staff.get(filled(way.path)) for way in WAYS}
    shut = {path.removesuffix(".{form}") for path, answer in answers.items() if answer.status_code == 403}
    assert shut == SHUT
    text = answers["/books/{report}"].text
    assert "You may not read the report trial balance" in text
    assert "Audit log" not in staff.get("/settings").text


def test_a_button_that_the_role_does_not_cover_is_not_offered(staff):
    text = staff.get("/invoices/1").text
    assert "Refund or credit" in text
    assert "Void" not in text
    assert "/payments/1/dispute" not in staff.get("/payments/1").text
    dialog = staff.get("/invoices/1/refund").text
    assert 'value="credit" checked' in dialog
    assert 'value="original"' not in dialog


def test_what_is_asked_all_the_same_is_refused_and_nothing_changes(staff):
    form = staff.form("/invoices/1/refund")
    for where in ("original", "account"):
        asked = form | {"where": where, "how": "full", "account": "1000"}
        answer = staff.post("/invoices/1/refund", asked)
        assert answer.status_code == 403
        assert "You may not refund credit notes" in answer.text
        seen = staff.post("/invoices/1/refund/preview", asked, **{"hx-request": "true"})
        assert "You may not refund credit notes" in seen.text
    for path, fields in (
        ("/invoices/1/void", {}),
        ("/refunds/1/reverse", {}),
        ("/books/locks", {"do": "lock", "module": "all", "to": "2026-01-31"}),
        ("/settings/approval", {"do": "set", "threshold": "1"}),
        ("/disputes/1/win", {}),
        ("/settings/keys", {"do": "key", "name": "Mine"}),
        ("/settings/people", {"do": "invite", "email": "x@y.example", "role": "1"}),
        ("/settings/roles/new", {"name": "Mine", "may": "View Role"}),
        ("/books/general-ledger/lines", {"since": "2026-01-01", "until": "2026-12-31"}),
    ):
        assert staff.post(path, {"token": form["token"], "key": "k"} | fields).status_code == 403, path
    bulk = staff.form("/invoices/refund-several?invoice=1")
    assert staff.post("/invoices/refund-several", bulk | {"where": "original"}).status_code == 403
    assert "Nothing here" in staff.get("/invoices?view=refunded").text
    assert staff.post("/invoices/1/refund", form | {"where": "credit", "how": "full"}).status_code == 303


def test_a_role_is_made_given_and_taken_away(ada):
    made = ada.send("/settings/roles/new", name="Payer", may=["View SaleInvoice", "Refund CreditNode"])
    assert made.status_code == 303, made.text
    sam = next(
        x for x in re.findall(r'name="id" value="(\d+)"', ada.get("/settings/people").text) if x == "3"
    )
    form = ada.form("/settings/people", having="role")
    answer = ada.post("/settings/people", form | {"do": "role", "id": sam, "role": "3"})
    assert answer.status_code == 303, answer.text
    used = ada.post("/settings/roles/3", {"token": form["token"], "key": "d", "do": "delete"})
    assert used.status_code == 400
    assert "Somebody has this role" in used.text
    sam = ada.another()
    sam.sign_in(STAFF)
    assert sam.get("/customers").status_code == 403
    assert 'value="original" checked' in sam.get("/invoices/1/refund").text
    assert sam.send("/invoices/1/refund", how="full", where="original").status_code in (303, 403)


def test_somebody_is_invited_by_mail_and_the_invitation_is_taken_back(ada):
    sent = ada.send("/settings/people", having="email", do="invite", email=NEW, role="2")
    assert sent.status_code == 303, sent.text
    text = ada.get("/settings/people").text
    assert "Invited" in text
    again = ada.send(
        "/settings/people", having="email", do="invite", email="new@northlight.example", role="2"
    )
    assert "invited already" in again.text
    form = ada.form("/settings/people", having="role")
    back = ada.post("/settings/people", form | {"do": "remove", "id": "5"})
    assert back.status_code == 303
    assert "Invited" not in ada.get("/settings/people").text


def test_nobody_gives_themselves_another_role(ada):
    form = ada.form("/settings/people", having="role")
    answer = ada.post("/settings/people", form | {"do": "role", "id": "1", "role": "2"})
    assert "Nobody gives themselves another role" in answer.text


def drafted(visitor) -> None:
    """A refund of the paid invoice that is not issued yet: credit note 2."""
    draft = DraftInvoiceCredit(invoice_id=1, kind=REFUND)
    asked = envelope(visitor.company.tenancy_id, draft, actor="test", zone=UTC_ZONE)
    visitor.runner.run(visitor.app.state.door.ask(asked))


def test_issuing_a_drafted_refund_pays_out_and_needs_what_paying_out_needs(staff, ada):
    drafted(staff)
    assert "/credit-notes/1/issue" in staff.get("/credit-notes/1").text
    assert "/credit-notes/2/issue" not in staff.get("/credit-notes/2").text
    refused = staff.send("/credit-notes/2/issue")
    assert refused.status_code == 403
    assert "You may not refund credit notes" in refused.text
    assert staff.send("/credit-notes/1/issue").status_code == 303
    assert ada.send("/credit-notes/2/issue").status_code == 303
    assert "Refunded" in ada.get("/invoices/1").text


def test_work_is_seen_stopped_and_taken_home_by_whom_it_concerns(staff, ada):
    ledger = {"since": "2026-01-01", "until": "2026-12-31"}
    begun = ada.send("/books/general-ledger/lines", page="/books/general-ledger", having="since", **ledger)
    path = re.search(r"/jobs/\d+", begun.headers["location"])[0]
    for place in (path, f"{path}.csv"):
        assert staff.get(place).status_code == 403
    assert "ledger" not in staff.get("/jobs").text.lower()
    assert path in ada.get("/jobs").text
    # What was given back may be looked at, and stopped only by who may give back.
    token = staff.form("/invoices/1/refund")["token"]
    assert staff.get("/jobs/1").status_code == staff.get("/jobs/1.csv").status_code == 200
    assert "/jobs/1/resume" not in staff.get("/jobs/1").text
    for verb in ("stop", "resume"):
        assert staff.post(f"/jobs/1/{verb}", {"token": token, "key": verb}).status_code == 403
    own = staff.send("/jobs/import", kind="import_customers", sheet="name,currency\nGrace,USD\n")
    assert staff.get(re.search(r"/jobs/\d+", own.headers["location"])[0]).status_code == 200


def test_a_view_is_let_go_by_its_owner_or_by_who_changes_the_settings(staff, ada):
    for visitor, name in ((ada, "Adas"), (staff, "Sams"), (staff, "More")):
        asked = f"/invoices?view=overdue&q={name}"
        assert visitor.send("/views", page=asked, having="conditions", name=name).status_code == 303
    text = staff.get("/views").text
    assert ("Delete Adas" in text, "Delete Sams" in text, "Delete More" in text) == (False, True, True)
    form = staff.form("/views", having="id")
    for id, status in (("1", 403), ("2", 303), ("9", 404)):
        assert staff.post("/views", form | {"id": id, "key": id}).status_code == status
    assert ada.post("/views", ada.form("/views", having="id") | {"id": "3"}).status_code == 303
