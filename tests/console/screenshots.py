"""Pictures for the docs, from the demonstration: `python -m tests.console.screenshots`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.console.browser import NARROW, WIDE, Person, chromium, person, serving
from tests.console.company import ADA, Company, demonstration

HOME = Path(__file__).parents[2] / "docs" / "console"


def shots(company: Company) -> dict[str, tuple[str, dict, str]]:
    """What is taken: the page, the screen, and whether it is light or dark."""
    invoice = f"/invoices/{company.invoice_id}"
    return {
        "home": ("", WIDE, "light"),
        "home-dark": ("", WIDE, "dark"),
        "invoices": ("/invoices?view=overdue", WIDE, "light"),
        "invoice": (invoice, WIDE, "light"),
        "refund": (f"{invoice}/refund", WIDE, "light"),
        "refund-dark": (f"{invoice}/refund", WIDE, "dark"),
        "refund-phone": (f"{invoice}/refund", NARROW, "light"),
        "credit-note": (f"/credit-notes/{company.note_id}", WIDE, "light"),
        "statement": ("/customers/1/statement", WIDE, "light"),
        "balance-sheet": ("/books/balance-sheet", WIDE, "light"),
        "journal": ("/books/journal", WIDE, "light"),
        "aging": ("/books/aging", WIDE, "light"),
        "approval": ("/refunds?view=awaiting_approval", WIDE, "light"),
        "dispute": ("/disputes/1", WIDE, "light"),
        "role": ("/settings/roles/2", WIDE, "light"),
        "proof": ("/settings/proof", WIDE, "dark"),
        "several": ("/invoices/refund-several?all=1&q=kestrel", WIDE, "light"),
        "invoices-phone": ("/invoices?view=overdue", NARROW, "dark"),
        "audit": ("/settings/audit", WIDE, "light"),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        company = demonstration(f"sqlite:///{home}/books.db")
        with serving(company.url) as base, chromium() as browser:
            for name, (path, size, scheme) in shots(company).items():
                somebody = person(browser, base, company.organization, ADA, size=size, scheme=scheme)
                take(somebody, name, path)
                somebody.context.close()


def take(somebody: Person, name: str, path: str) -> None:
    page = somebody.open(path)
    if name.startswith("refund"):
        page.get_by_label("By line").check()
        page.locator("[name^=unit-]").nth(1).select_option("quantity")
        page.locator("[name^=much-]").nth(1).fill("2")
        page.locator("#preview .big strong").wait_for()
    if name == "proof":
        page.get_by_role("button", name="Prove it now").click()
        page.locator("#progress .badge", has_text="Completed").first.wait_for()
        page = somebody.open(path)
    keep(page, name)
    if name == "approval":
        page.locator("tbody a.row").first.click()
        page.get_by_role("link", name="Approve").wait_for()
        keep(page, name)
    if name == "several":
        page.get_by_role("button", name="back").click()
        page.locator("#progress .badge", has_text="Completed").first.wait_for()
        keep(page, "job")


def keep(page: Page, name: str) -> None:
    """One picture."""
    page.wait_for_timeout(600)
    page.screenshot(path=HOME / f"{name}.png")
    sys.stdout.write(f"docs/console/{name}.png\n")


if __name__ == "__main__":
    main()
