"""Settings of money: rates, taxes, reasons, when a second person is asked, and who pays out."""

from typing import Any

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.currencies import AddCurrency, EditCurrency, RemoveCurrency
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.reads import console
from avoir.app.reads.console_settings import Settings
from avoir.app.reads.currencies import listed
from avoir.app.tax_rates import (
    ActivateTaxRate,
    CreateTaxRate,
    DeleteTaxRate,
    EditTaxRate,
    InactivateTaxRate,
)
from avoir.core.command import Command
from avoir.core.money import unscaled
from avoir.core.tax import TaxRate
from avoir.faces.console.acts import AMOUNT, CHOICE, DATE, Asked
from avoir.faces.console.forms import Form
from avoir.faces.console.settings_sheet import Deed, Line, Sheet, Taking, picked
from avoir.faces.console.templates import choices
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import number, plain
from avoir.faces.render import name_of, sign_of

COMPUTED_ON = (("", "The price"), ("1", "The price and other taxes"))
LOST = (("", "Yes"), ("1", "No"))


async def currencies(visit: Visit, found: Settings) -> Sheet:
    known = await visit.caller.read(listed, visit.base)
    texts = {
        code: (code, (x and x.name) or name_of(code), (x and x.sign) or sign_of(code))
        for code, x in known.items()
    }
    x = picked(visit, texts.items())
    asked = [Asked("name", "Name", value=x[1] if x else ""), Asked("sign", "Sign", value=x[2] if x else "")]
    deed = Deed(
        "create", AddCurrency, "Another currency", "Add",
        [Asked("code", "Code", hint="Three letters: EUR"), *asked],
    )  # fmt: skip
    if x is not None:
        deed = Deed("edit", EditCurrency, f"Call {x[0]} otherwise", "Save", asked, x[0])
    gone = (Taking("delete", RemoveCurrency, "Offer no longer"),)
    return Sheet(
        "Currencies",
        f"What is offered to choose from. The books are kept in {visit.base}; documents in others stay.",
        ("Code", "Name", "Sign"),
        [
            Line(each, code, () if code == visit.base else gone, EditCurrency)
            for code, each in texts.items()
        ],
        (deed,),
    )  # fmt: skip


def change_currencies(form: Form, do: str) -> Command:
    if do == "delete":
        return RemoveCurrency(currency=form.text("id"))
    name, sign = form.text("name"), form.text("sign")
    if do == "edit":
        return EditCurrency(currency=form.text("id"), name=name, sign=sign)
    return AddCurrency(currency=form.text("code").upper(), name=name, sign=sign)


async def rates(visit: Visit, found: Settings) -> Sheet:
    rows = [
        Line(
            (x.currency, visit.day(x.valid_on), f"{number(x.rate_nano, 9)} {x.base_currency}"),
            f"{x.currency} {x.valid_on} {x.base_currency}",
            (Taking("delete", DeleteExchangeRate, "Remove"),),
        )
        for x in found.rates
    ]
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
        (Deed("set", SetExchangeRate, "A rate", "Set", asked),),
    )


def change_rates(form: Form, do: str) -> Command:
    if do == "delete":
        currency, valid_on, base = [*form.text("id").split(" "), "", "", ""][:3]
        return DeleteExchangeRate(currency=currency, valid_on=valid_on, base_currency=base)
    rate = form.required("rate", "Rate")
    return SetExchangeRate(currency=form.text("currency").upper(), valid_on=form.text("valid_on"), rate=rate)


async def taxes(visit: Visit, found: Settings) -> Sheet:
    return Sheet(
        "Taxes",
        "What is charged on a line. Documents keep the rate that they were issued with",
        ("Name", "Code", "Rate", "Computed on", "State"),
        [
            Line(
                (
                    x.name, x.code, f"{number(x.percent_micro, 6)} %", dict(COMPUTED_ON)[flag(x.is_compound)],
                    "" if x.active else "No longer offered",
                ),
                str(x.id), _ends_of(x), EditTaxRate,
            )
            for x in found.taxes
        ],
        (_tax_form(picked(visit, ((str(x.id), x) for x in found.taxes))),),
    )  # fmt: skip


def _ends_of(tax: TaxRate) -> list[Taking]:
    kind = InactivateTaxRate if tax.active else ActivateTaxRate
    do, words = ("inactivate", "Offer no longer") if tax.active else ("activate", "Offer again")
    found = [Taking(do, kind, words)]
    return found if tax.used else [*found, Taking("delete", DeleteTaxRate, "Take away")]


def _tax_form(x: TaxRate | None) -> Deed:
    """What is asked of a tax: as it is, or nothing yet of a new one."""
    asked = [
        Asked("name", "Name", value=x.name if x else ""),
        Asked("code", "Code", value=x.code if x else ""),
        Asked("rate", "Percent", AMOUNT, str(unscaled(x.percent_micro, 6)) if x else ""),
        Asked("compound", "Computed on", CHOICE, flag(x.is_compound) if x else "", options=COMPUTED_ON),
        Asked("lost", "Buyers can reclaim it", CHOICE, flag(x.is_non_recoverable) if x else "", options=LOST),
        Asked("description", "Description", value=x.description if x else ""),
    ]
    if x is None:
        return Deed("create", CreateTaxRate, "A new tax", "Add", asked)
    return Deed("edit", EditTaxRate, f"Change {x.name}", "Save", asked, str(x.id))


def change_taxes(form: Form, do: str) -> Command:
    ends = {"activate": ActivateTaxRate, "inactivate": InactivateTaxRate, "delete": DeleteTaxRate}
    if do in ends:
        return ends[do](tax_rate_id=form.chosen("id", "tax"))
    said: dict[str, Any] = {
        "name": form.said("name", "name"),
        "code": form.said("code", "code"),
        "percent": form.required("rate", "Percentage"),
        "is_compound": form.text("compound") == "1",
        "is_non_recoverable": form.text("lost") == "1",
        "description": form.text("description"),
    }
    if do == "edit":
        return EditTaxRate(tax_rate_id=form.chosen("id", "tax"), **said)
    return CreateTaxRate(**said)


async def reasons(visit: Visit, found: Settings) -> Sheet:
    x = picked(visit, ((str(each.id), each) for each in found.reasons if each.active))
    asked = [
        Asked("name", "Name", value=x.name if x else ""),
        Asked("description", "Description", value=x.description if x else ""),
    ]
    deed = Deed("create", CreateDisputeReason, "A new reason", "Add", asked)
    if x is not None:
        deed = Deed("edit", UpdateDisputeReason, f"Change {x.name}", "Save", asked, str(x.id))
    gone = (Taking("delete", DeleteDisputeReason, "Offer no longer"),)
    return Sheet(
        "Reasons",
        "Why a credit is given",
        ("Name", "Description", "State"),
        [
            Line((each.name, each.description, ""), str(each.id), gone, UpdateDisputeReason)
            if each.active
            else Line((each.name, each.description, "No longer offered"))
            for each in found.reasons
        ],
        (deed,),
    )


def change_reasons(form: Form, do: str) -> Command:
    if do == "delete":
        return DeleteDisputeReason(dispute_reason_id=form.chosen("id", "reason"))
    name, description = form.text("name"), form.text("description")
    if do == "edit":
        id = form.chosen("id", "reason")
        return UpdateDisputeReason(dispute_reason_id=id, name=name, description=description)
    return CreateDisputeReason(name=name, description=description)


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
    return Sheet("Approval", about, deeds=(Deed("set", SetApprovalPolicy, "The policy", "Save", asked),))


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
    by_id = {each.id: each.name for each in accounts}
    x = picked(visit, ((each.name, each) for each in found.gateways))
    asked = [
        Asked(
            "account", "Clearing account", CHOICE, str(x.account_id) if x else "", options=choices(accounts)
        ),
        Asked("active", "Use it", CHOICE, str(x.active) if x else "1", options=[("1", "Yes"), ("0", "No")]),
    ]
    name = Asked("name", "Name", hint="As the server knows it, in small letters")
    deed = Deed("set", SetGateway, "Set up a gateway", "Save", [name, *asked])
    if x is not None:
        deed = Deed("set", SetGateway, f"Change {x.name}", "Save", asked, x.name)
    return Sheet(
        "Gateways",
        "Who pays refunds out, and from which account",
        ("Name", "Account", "State"),
        [
            Line(
                (each.name, by_id.get(each.account_id, str(each.account_id)), "" if each.active else "Off"),
                each.name, edits=SetGateway,
            )
            for each in found.gateways
        ],
        (deed,),
    )  # fmt: skip


def change_gateways(form: Form, do: str) -> Command:
    name, account = form.text("id") or form.text("name"), form.chosen("account", "account")
    return SetGateway(name=name, account_id=account, active=form.text("active") != "0")


def flag(value: int) -> str:
    """Yes or no, as a choice of a form has it."""
    return "1" if value else ""
