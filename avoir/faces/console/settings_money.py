"""Settings of money: rates, taxes, reasons, when a second person is asked, and who pays out."""

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.currencies import AddCurrency, RemoveCurrency
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.reads import console
from avoir.app.reads.console_settings import Settings
from avoir.app.reads.currencies import listed
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.command import Command
from avoir.faces.console.acts import AMOUNT, CHOICE, DATE, Asked
from avoir.faces.console.forms import Form
from avoir.faces.console.settings_sheet import Deed, Sheet, Taking, texts
from avoir.faces.console.sheets import Cell, Row
from avoir.faces.console.templates import choices
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import number, plain
from avoir.faces.render import name_of, sign_of

COMPUTED_ON = (("", "The price"), ("1", "The price and other taxes"))


async def currencies(visit: Visit, found: Settings) -> Sheet:
    known = await visit.caller.read(listed, visit.base)
    rows = [
        (
            texts(code, (x and x.name) or name_of(code), (x and x.sign) or sign_of(code)),
            None if code == visit.base else Taking("delete", "Offer no longer", code),
        )
        for code, x in known.items()
    ]
    asked = [
        Asked("code", "Code", hint="Three letters: EUR"),
        Asked("name", "Name"),
        Asked("sign", "Sign"),
    ]
    return Sheet(
        "Currencies",
        f"What is offered to choose from. The books are kept in {visit.base}; documents in others stay.",
        ("Code", "Name", "Sign"),
        rows,
        (Deed("create", "Another currency", "Add", asked),),
    )


def change_currencies(form: Form, do: str) -> Command:
    if do == "delete":
        return RemoveCurrency(currency=form.text("id"))
    return AddCurrency(currency=form.text("code").upper(), name=form.text("name"), sign=form.text("sign"))


async def rates(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (
            texts(x.currency, visit.day(x.valid_on), f"{number(x.rate_nano, 9)} {x.base_currency}"),
            Taking("delete", "Remove", f"{x.currency} {x.valid_on} {x.base_currency}"),
        )
        for x in found.rates
    ]  # fmt: skip
    asked = [
        Asked("currency", "Currency", hint="Three letters: EUR"),
        Asked("valid_on", "From", DATE, visit.caller.today()),
        Asked("rate", f"Is worth, in {visit.base}", AMOUNT),
    ]
    about = "What a currency is worth from a day on, where a document does not say so itself"
    return Sheet(
        "Exchange rates",
        about,
        ("Currency", "From", "Is worth"),
        rows,
        (Deed("set", "A rate", "Set", asked),),
    )


def change_rates(form: Form, do: str) -> Command:
    if do == "delete":
        currency, valid_on, base = [*form.text("id").split(" "), "", "", ""][:3]
        return DeleteExchangeRate(currency=currency, valid_on=valid_on, base_currency=base)
    rate = form.required("rate", "Rate")
    return SetExchangeRate(currency=form.text("currency").upper(), valid_on=form.text("valid_on"), rate=rate)


async def taxes(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (
            Row(
                [
                    Cell(x.name),
                    Cell(x.code),
                    Cell(f"{number(x.percent_micro, 6)} %"),
                    Cell("On the other taxes too" if x.is_compound else ""),
                ]
            ),
            None,
        )
        for x in found.taxes
    ]
    asked = [
        Asked("name", "Name"), Asked("code", "Code"), Asked("percent", "Percent", AMOUNT),
        Asked("compound", "Computed on", CHOICE, options=COMPUTED_ON),
    ]  # fmt: skip
    return Sheet(
        "Taxes",
        "What is charged on a line. Documents keep the rate that they were issued with",
        ("Name", "Code", "Rate", ""),
        rows,
        (Deed("create", "A new tax", "Add", asked),),
    )


def change_taxes(form: Form, do: str) -> Command:
    percent, compound = form.required("percent", "Percentage"), form.text("compound") == "1"
    return CreateTaxRate(
        name=form.text("name"), code=form.text("code"), percent=percent, is_compound=compound
    )


async def reasons(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (Row([Cell(x.name), Cell(x.description), Cell("" if x.active else "No longer offered")]),
         Taking("delete", "Offer no longer", str(x.id)) if x.active else None)
        for x in found.reasons
    ]  # fmt: skip
    asked = [Asked("name", "Name"), Asked("description", "Description")]
    return Sheet(
        "Reasons",
        "Why a credit is given",
        ("Name", "Description", ""),
        rows,
        (Deed("create", "A new reason", "Add", asked),),
    )


def change_reasons(form: Form, do: str) -> Command:
    if do == "delete":
        return DeleteDisputeReason(dispute_reason_id=form.id("id") or 0)
    return CreateDisputeReason(name=form.text("name"), description=form.text("description"))


async def approval(visit: Visit, found: Settings) -> Sheet:
    x = found.policy
    threshold, days, hours = (plain(0, visit.base), "30", "72")
    if x is not None:
        threshold, days, hours = (
            plain(x.threshold_minor, visit.base),
            str(x.window_days),
            str(x.expires_hours),
        )
    alike = "Refunds of one customer: splitting them does not help"
    asked = [
        Asked("threshold", f"From this amount on, in {visit.base}", AMOUNT, threshold, "0 asks nobody"),
        Asked("window_days", "Days that are counted together", AMOUNT, days, alike),
        Asked("expires_hours", "Hours to answer", AMOUNT, hours),
    ]
    about = "When a refund needs a second person. Who asked cannot approve."
    return Sheet("Approval", about, deeds=(Deed("set", "The policy", "Save", asked),))


def change_approval(form: Form, do: str) -> Command:
    days, hours = form.whole("window_days", "Days"), form.whole("expires_hours", "Hours")
    threshold = form.required("threshold", "Amount")
    return SetApprovalPolicy(
        threshold=threshold,
        window_days=30 if days is None else days,
        expires_hours=72 if hours is None else hours,
    )


async def gateways(visit: Visit, found: Settings) -> Sheet:
    accounts = await visit.caller.read(console.money_accounts)
    by_id = {x.id: x.name for x in accounts}
    rows = [
        (
            Row(
                [
                    Cell(x.name),
                    Cell(by_id.get(x.account_id, str(x.account_id))),
                    Cell("" if x.active else "Off"),
                ]
            ),
            None,
        )
        for x in found.gateways
    ]
    asked = [
        Asked("name", "Name", hint="As the server knows it, in small letters"),
        Asked("account", "Clearing account", CHOICE, options=choices(accounts)),
        Asked("active", "Use it", CHOICE, options=[("1", "Yes"), ("0", "No")]),
    ]  # fmt: skip
    return Sheet(
        "Gateways",
        "Who pays refunds out, and from which account",
        ("Name", "Account", ""),
        rows,
        (Deed("set", "Set up a gateway", "Save", asked),),
    )


def change_gateways(form: Form, do: str) -> Command:
    return SetGateway(
        name=form.text("name"), account_id=form.id("account") or 0, active=form.text("active") != "0"
    )
