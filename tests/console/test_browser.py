"""A finance team at work, in a real browser: they look, preview, give back, approve, and take back."""

import re
import time

import pytest

from avoir.faces.console.rooms import WAYS
from avoir.faces.console.settings import PLACES
from tests.console.browser import NARROW, WIDE
from tests.console.company import ADA, GRACE, PASSWORD
from tests.console.visitor import PATIENCE, link_in

PAGES = (
    "", "/invoices", "/invoices?view=paid&period=this_year", "/invoices/191", "/invoices/191/refund",
    "/invoices/191/pay", "/invoices/refund-several?all=1&q=harbor", "/credit-notes", "/credit-notes/69",
    "/credit-notes/69/refund", "/credit-notes/69/apply", "/refunds", "/refunds/5", "/refunds/5/reverse",
    "/refunds?view=awaiting_approval", "/payments", "/payments/20", "/customers", "/customers/1",
    "/customers/1/statement", "/customers/35/pay", "/disputes", "/disputes/1", "/jobs", "/jobs/import",
    "/views", "/invoices/191/issue", "/invoices/191/void", "/invoices/191/write-off", "/jobs/1",
    "/invoices/191/cancel-write-off", "/invoices/191/reissue", "/credit-notes/69/issue",
    "/credit-notes/69/void", "/refunds/31/approve", "/refunds/31/reject", "/refunds/28/retry",
    "/refunds/5/cancel", "/refunds/5/fail", "/payments/16/apply", "/payments/16/refund",
    "/payments/20/dispute", "/disputes/1/win", "/disputes/1/lose", "/customers?view=owed&sort=-name",
    "/invoices?view=overdue&sort=-open&period=this_year", "/refunds?view=failed", "/settings/roles/new",
    "/settings/branches", "/settings/numbering", "/settings/currencies", "/settings/taxes",
    "/settings/reasons", "/settings/gateways", "/settings/branches?edit=1", "/settings/taxes?edit=1",
    "/settings/currencies?edit=EUR", "/settings/entities?edit=1", "/settings/numbering?edit=1%20invoice",
    "/books/trial-balance", "/books/general-ledger", "/books/profit-and-loss", "/books/balance-sheet",
    "/books/aging", "/books/sales-tax", "/books/chart", "/books/journal", "/books/journal/484",
    "/books/accounts/1006", "/books/locks", "/settings", "/settings/entities", "/settings/rates",
    "/settings/approval", "/settings/people", "/settings/roles", "/settings/roles/2", "/settings/keys",
    "/settings/audit", "/settings/proof", "/search?q=harbor",
)  # fmt: skip
"""Every kind of page."""
SOME = ("", "/invoices", "/invoices/191/refund", "/refunds/5", "/books/balance-sheet", "/settings/audit")
"""Which between them have everything that has a colour."""
NO_PAGE = re.compile(
    r"[.](pdf|\{form})$|/(preview|take-off|stop|resume|lines)$|^/books$|^/settings/\{place}$"
)
"""Ways that are files or have no page of their own; a place of the settings stands for itself."""
PARTS = 6
"""The pages are looked through in so many tests, beside each other."""


def test_somebody_signs_in_and_out(somebody):
    page = (ada := somebody()).page
    page.context.clear_cookies()
    ada.sign_in(ADA)
    page.locator("details.who summary").click()
    page.locator("details.who button").click()
    page.wait_for_url("**/console/sign-in")
    page.goto(f"{ada.base}/invoices")
    page.get_by_label("E-mail").fill(ADA)
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    ada.complaints.clear()  # The browser notes the refusal's status.


def test_who_is_invited_comes_in_and_chooses_another_password_later(somebody, browser, mails):
    ada = somebody()
    page = ada.open("/settings/people")
    page.get_by_label("E-mail").fill("nia@northlight.example")
    page.get_by_role("button", name="Send the invitation").click()
    page.wait_for_url("**/settings/people*done=*")
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    home = ada.base.rpartition("/console/")[0]
    page.goto(home + mailed(page, mails, 1))
    page.get_by_label("First name").fill("Nia")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("button", name="Accept the invitation").click()
    page.get_by_role("status", name="").filter(has_text="You are in").wait_for()
    page.get_by_role("link", name="Forgotten the password?").click()
    page.get_by_label("E-mail").fill("nia@northlight.example")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(home + mailed(page, mails, 2))
    page.get_by_label("New password").fill("another of mine")
    page.get_by_label("The password again").fill("another of mine")
    page.keyboard.press("Enter")
    page.get_by_label("E-mail").fill("nia@northlight.example")
    page.get_by_label("Password", exact=True).fill("another of mine")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{ada.base}")
    context.close()


def mailed(page, mails, count: int) -> str:
    """Where the last of so many mails leads to, once they are there."""
    end = time.monotonic() + PATIENCE
    while len(list(mails.glob("*.eml"))) < count:
        assert time.monotonic() < end, "the mail does not come"
        page.wait_for_timeout(20)
    return link_in(mails)


def refundable(person, nth: int = 0) -> str:
    """The path of a paid invoice in the base currency that nobody gave anything back of yet."""
    page = person.open("/invoices?view=paid&until=2999-12-31")
    rows = page.locator("tbody tr", has=page.locator(".badge", has_text=re.compile("^Paid$")))
    dollars = rows.filter(has_text="$").filter(has=page.locator("[name=invoice]"))
    path = dollars.nth(nth).locator("a.row").get_attribute("href")
    assert path
    return path.removeprefix("/console/" + person.base.rpartition("/")[2])


def threshold(person, amount: str) -> None:
    """From this amount on a refund needs a second person; 0 asks nobody."""
    page = person.open("/settings/approval")
    page.locator("[name=threshold]").fill(amount)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/settings/approval*done=*")


def preview(page) -> str:
    return page.locator("#preview").inner_text()


def test_an_invoice_is_refunded_by_lines_out_of_a_bank_account_and_the_refund_is_reversed(ada):
    page = ada.open(refundable(ada, 3))
    page.keyboard.press("r")
    page.wait_for_url("**/refund")
    page.get_by_label("By line").check()
    page.locator("#preview", has_text="Tick the lines").wait_for()
    page.locator("[name^=unit-]").first.select_option("percent")
    page.locator("[name^=much-]").first.fill("50")
    page.get_by_label("From a bank account").check()
    page.locator("[name=account]").select_option(label="Saving Bank Account")
    page.locator("#preview", has_text="Saving Bank Account").wait_for()
    promised = page.locator("#preview .big strong").inner_text()
    assert "Tax given back" in preview(page)
    page.locator("#give").click()
    page.wait_for_url("**/credit-notes/*")
    assert promised in page.locator(".paper-head .amount").inner_text()
    page.locator("a[href*='/refunds/']").first.click()
    assert promised in page.locator(".paper-head .amount").inner_text()
    assert "Saving Bank Account" in page.locator(".facts").inner_text()
    page.get_by_role("link", name="Reverse").click()
    page.get_by_role("button", name="Reverse").click()
    page.wait_for_url("**/refunds/*done=*")
    assert page.locator(".title .badge").inner_text() == "Reversed"
    assert "Refund by bank reversed" in page.locator("main").inner_text()


def test_a_button_that_is_pressed_twice_pays_once(ada):
    page = ada.open(refundable(ada, 5) + "/refund")
    invoice = page.url.removesuffix("/refund")
    page.get_by_label("Amount", exact=True).check()
    page.locator("[name=amount]").fill("1.00")
    page.locator("#preview .big strong", has_text="$1.00").wait_for()
    # Both at once, past the script that would stop the second.
    answers = page.evaluate("""async () => {
        const form = document.querySelector("form.refund"), send = () => fetch(form.action, {
            method: "POST", body: new URLSearchParams(new FormData(form)) });
        const both = await Promise.all([send(), send()]);
        return both.map((each) => [each.status, each.url]);
    }""")
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    page.goto(invoice)
    assert (
        page.locator("a[href*='/refunds/']", has_text="RF-").count() == 1 * 2
    )  # In the timeline, and the list.


def test_what_is_a_lot_waits_until_somebody_else_approves_it(somebody):
    ada, grace = somebody(), somebody(GRACE)
    threshold(ada, "0.50")
    page = ada.open(refundable(ada, 7) + "/refund")
    page.get_by_label("Amount", exact=True).check()
    page.locator("[name=amount]").fill("20")
    page.locator("#preview", has_text="Somebody else must approve $20.00").wait_for()
    page.locator("#give").click()
    page.wait_for_url("**/credit-notes/*")
    page.locator("a[href*='/refunds/']").first.click()
    assert page.locator(".title .badge").inner_text() == "Waiting for approval"
    path = page.url.removeprefix(ada.base)
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name="Approve and pay").click()
    assert "You asked for this refund yourself" in page.get_by_role("alert").inner_text()
    ada.complaints.clear()  # The browser notes the refusal's status.
    page = grace.open(path)
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name="Approve and pay").click()
    page.wait_for_url("**/refunds/*done=*")
    assert page.locator(".title .badge").inner_text() == "Paid out"
    assert "Grace Lindqvist" in page.locator(".facts").inner_text()
    threshold(grace, "0")


def test_without_scripts_all_is_read_and_a_refund_is_previewed_given_approved_and_reversed(somebody):
    ada, grace = somebody(script=False), somebody(GRACE, script=False)
    for person, email in ((ada, ADA), (grace, GRACE)):
        person.context.clear_cookies()
        person.sign_in(email)
    page = ada.page
    for room in page.get_by_role("navigation", name="Rooms").get_by_role("link").all_inner_texts():
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name=room).click()
        assert page.locator("main h1").is_visible(), room
    threshold(ada, "0.50")
    page = ada.open(refundable(ada, 11))
    page.get_by_role("link", name="Refund or credit").click()
    page.get_by_label("By line").check()
    page.locator("[name=line]").first.check()
    page.locator("[name^=unit-]").first.select_option("percent")
    page.locator("[name^=much-]").first.fill("50")
    page.get_by_role("button", name="Preview").click()
    assert "Somebody else must approve" in preview(page)
    assert "Tax given back" in preview(page)
    promised = page.locator("#preview .big strong").inner_text()
    page.locator("#give").click()
    page.wait_for_url("**/credit-notes/*")
    assert f"of {promised}" in page.locator(".paper-head .amount").inner_text()
    page.locator("a[href*='/refunds/']").first.click()
    path = page.url.removeprefix(ada.base)
    page = grace.open(path)
    page.get_by_role("link", name="Approve").click()
    assert "Accounts Receivable" in preview(page)
    page.get_by_role("button", name="Approve and pay").click()
    assert page.locator(".title .badge").inner_text() == "Paid out"
    page.get_by_role("link", name="Reverse").click()
    assert "reversed" in preview(page)
    page.get_by_role("button", name="Reverse").click()
    assert page.locator(".title .badge").inner_text() == "Reversed"
    threshold(ada, "0")


def test_the_search_finds_from_the_keyboard(ada):
    page = ada.open("/books/journal")
    page.keyboard.press("/")
    page.keyboard.insert_text(
        "harbor"
    )  # At once: what a slow machine would look for in between, it would find later.
    page.locator("#found a", has_text="Harbor & Finch").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/1")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/invoices")


def test_a_list_is_filtered_as_one_writes_and_its_files_with_it(ada):
    page = ada.open("/invoices")
    page.get_by_label("Customer, number or reference").fill("harbor")
    page.wait_for_url("**/invoices?q=harbor*")
    page.locator("#list-head a[href*='invoices.csv?q=harbor']").wait_for()
    assert set(page.locator("#list tbody td:nth-child(3)").all_inner_texts()) == {"Harbor & Finch"}
    assert page.get_by_label("Customer, number or reference").input_value() == "harbor"
    page.go_back()
    page.locator("#list tbody td", has_text="Zephyr Cycles").first.wait_for()


def test_long_work_is_watched_left_and_come_back_to(ada):
    page = ada.open("/invoices?view=paid&page=3")
    boxes = page.locator("tbody tr", has_text="$").locator("[name=invoice]")
    for place in (0, 1, 2):
        boxes.nth(place).check()
    page.get_by_role("button", name="Give the chosen ones back").click()
    page.wait_for_url("**/invoices/refund-several?*")
    page.get_by_label("Percent", exact=True).check()
    page.locator("[name=percent]").fill("10")
    page.get_by_label("From a bank account").check()
    page.locator("#preview .badge", has_text="Paid back").first.wait_for()
    page.get_by_role("button", name="Give 3 back").click()
    page.wait_for_url("**/jobs/*")
    job = page.url.removeprefix(ada.base)
    ada.open("/books/journal")
    page = ada.open(job)
    page.locator("#progress h2", has_text="3 of 3").wait_for()
    page.locator("#progress .badge", has_text="Completed").first.wait_for()
    page.locator("#progress a[href*='/credit-notes/']").first.click()
    assert page.locator(".title .badge").inner_text() == "Used"


def test_a_view_is_saved_and_found_again(ada):
    page = ada.open("/invoices?view=overdue")
    page.get_by_label("When").select_option("this_year")
    page.wait_for_url("**period=this_year*")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name").fill("Late this year")
    page.get_by_role("button", name="Save for everybody").click()
    page.locator("#list-views [aria-current]", has_text="Late this year").wait_for()
    page = ada.open("/invoices")
    page.get_by_role("link", name="Late this year").click()
    page.wait_for_url("**view=overdue*")


def test_a_refund_is_given_by_keyboard_alone(ada):
    page = ada.open(refundable(ada, 9))
    page.keyboard.press("r")
    page.wait_for_url("**/refund")
    page.locator("[name=how][value=full]").focus()
    page.keyboard.press("ArrowRight")  # To the amount, as radio buttons go.
    page.keyboard.press("Tab")
    page.keyboard.type("3.25")
    page.locator("#preview .big strong", has_text="$3.25").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/credit-notes/*")
    assert "of $3.25" in page.locator(".paper-head .amount").inner_text()


def test_on_a_phone_the_menu_leads_to_every_room_and_the_filters_fold_away(somebody):
    page = (person := somebody(size=NARROW)).open("/invoices")
    assert not page.get_by_label("When").is_visible()
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Sort by").select_option("-total")
    page.wait_for_url("**sort=-total*")
    page = person.open("/invoices?sort=-total")
    assert page.get_by_label("When").is_visible()
    page.locator("details.menu summary").click()
    page.wait_for_timeout(100)
    assert page.locator("details.menu > div").bounding_box()["height"] == NARROW["height"]
    page.get_by_role("navigation", name="All rooms").get_by_role("link", name="Settings").click()
    page.wait_for_url("**/settings")


def test_a_list_is_sorted_from_the_keyboard(ada):
    page = ada.open("/invoices?view=open")
    page.get_by_role("link", name="Still due").focus()
    for way in ("descending", "ascending"):
        page.keyboard.press("Enter")
        page.locator(f"th[aria-sort={way}]", has_text="Still due").wait_for()
        assert "view=open" in page.url
        page.get_by_role("link", name="Still due").focus()


def test_the_dark_is_kept(ada):
    page = ada.open("/invoices")
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_every_kind_of_page_is_looked_through():
    kinds = {way.path for way in WAYS if not NO_PAGE.search(way.path)} | {f"/settings/{p}" for p in PLACES}
    patterns = {kind: re.compile(re.sub(r"\{\w+}", r"[\\w-]+", kind)) for kind in kinds}
    paths = [path.partition("?")[0] for path in PAGES]
    unseen = {kind for kind, pattern in patterns.items() if not any(map(pattern.fullmatch, paths))}
    assert unseen - {"/settings/general"} == set()  # Which is what `/settings` shows.


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_stands_in_the_way_of_anybody(somebody, axe, part):
    """No page has a serious fault, in the light or in the dark, and each fits a phone."""
    page = (person := somebody()).page
    found = []
    if "/jobs/1" in PAGES[part::PARTS]:
        begin_a_job(person)
    for path in PAGES[part::PARTS]:
        person.open(path)
        page.evaluate(axe)
        found += faults(page, path, {"resultTypes": ["violations"]})
        if path in SOME:
            page.emulate_media(color_scheme="dark")
            found += faults(page, f"{path}, dark", {"runOnly": ["color-contrast"]})
            page.emulate_media(color_scheme="light")
        page.set_viewport_size(NARROW)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW["width"]:
            found.append((path, "wider than a phone", width))
        page.set_viewport_size(WIDE)
    assert found == []


def begin_a_job(person) -> None:
    """So that there is a first one, whatever the other tests have begun."""
    person.open("/settings/proof").get_by_role("button", name="Prove it now").click()
    person.page.wait_for_url("**/jobs/*")


def faults(page, path: str, asked: dict) -> list[tuple[str, str, str]]:
    """What axe has against a page that is serious, with the first place of each."""
    answer = page.evaluate("(asked) => axe.run(document, asked)", asked)
    return [
        (path, each["id"], each["nodes"][0]["html"][:160])
        for each in answer["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def test_a_page_is_small(ada):
    """The first page, with its charts and its typeface, from an empty cache."""
    sizes = []
    ada.page.on("response", lambda answer: sizes.append(len(answer.body())))
    ada.open("")
    ada.page.wait_for_load_state("networkidle")
    assert sum(sizes) < 300_000
