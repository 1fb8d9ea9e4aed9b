"""What is no document of its own and yet goes to a customer: a refund's receipt, and a statement."""

from collections.abc import Sequence

from avoir.app.reads.console_documents import RefundPage
from avoir.app.reads.console_ledger import Statement
from avoir.app.reads.organization import Setup
from avoir.core.customer import Customer
from avoir.core.refund import SETTLED
from avoir.faces.paper import Paper, Sum
from avoir.faces.paper.documents import given, receiver_of, sender_of
from avoir.faces.render import Style, signed


def refund_paper(page: RefundPage, customer: Customer, setup: Setup, style: Style) -> Paper:
    """What was paid back, out of what, and how. What is not paid yet, or not any more, says so."""
    x = page.refund
    documents = given(
        ("Credit note", page.note_number), ("Invoice", page.invoice_number), ("Payment", page.payment_number)
    )
    rows = [(what, number, signed(x.amount_minor, x.currency)) for what, number in documents[:1]]
    rows += [(what, number, "") for what, number in documents[1:]]
    return Paper(
        title="Refund",
        number=x.number,
        sender=sender_of(setup),
        receiver=receiver_of(customer),
        facts=given(("Date", style.day(x.refunded_on)), ("By", _said(x.rail)), ("Reference", x.reference)),
        heads=("For", "Number", "Amount"),
        rows=rows,
        sums=[Sum("Paid back", signed(x.amount_minor, x.currency), True)],
        notes=given(("What for", x.description)),
        mark="" if x.state == SETTLED else _said(x.state),
    )


def statement_paper(
    customer: Customer, lists: Sequence[Statement], days: tuple[str, str], setup: Setup, style: Style
) -> Paper:
    """What a customer was charged, paid and was given back between two days, each currency for itself."""
    since, until = map(style.day, days)
    rows = []
    for each in lists:

        def amount(minor: int, currency: str = each.currency) -> str:
            return signed(minor, currency) if minor else ""

        rows.append((each.before, since, "", "", signed(each.opening_minor, each.currency)))
        for x in each.lines:
            what = f"{x.document.name}\n{_said(x.entry.event)}"
            sides = (amount(x.line.debit_minor), amount(x.line.credit_minor))
            balance = signed(x.balance_minor, each.currency)
            rows.append((what, style.day(x.line.booked_on), *sides, balance))
    return Paper(
        title="Statement",
        number=customer.name,
        sender=sender_of(setup),
        receiver=receiver_of(customer),
        facts=[("From", since), ("To", until)],
        heads=("Document", "Date", "Charged", "Paid or credited", "Balance"),
        rows=rows,
        sums=[Sum(f"Owed in {x.currency}", signed(x.closing_minor, x.currency), True) for x in lists],
    )


def _said(word: str) -> str:
    return word.replace("_", " ").capitalize()
