"""The books against a plain model: after any command in any order they say the same, on paper and on both

databases; and what the model thinks possible is granted, what it thinks impossible refused.
"""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.approvals import ApproveRefund, RejectRefund, SetApprovalPolicy
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import VoidInvoice
from avoir.app.payments import ReceivePayment
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises, broken_replays
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReverseRefund,
    SendRefund,
    SettleRefund,
)
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.errors import Refusal
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import BANK, Company, Ledger, Paper, ask_of, line
from tests.properties.bounds import bounds
from tests.properties.model import Back, Books, Claim, Set

ON = "2026-11-22"
picks = st.integers(0, 99)
minors = st.integers(1, 5000)
shares = st.sampled_from([1, 10, 33, 50, 100, 100, 101, 150])


def major(minor: int | None) -> Decimal | None:
    return None if minor is None else Decimal(minor) / 100


def some(kind: str):
    """A rule makes sense only when the model has something to apply it to."""
    return precondition(lambda self: getattr(self.model, kind))


class Pencil(RuleBasedStateMachine):
    """Asks the company, and writes the model; both must agree."""

    company_of = Paper

    @initialize()
    def open(self):
        self.company: Company = type(self).company_of()
        self.tax = self.company.tax(20)
        self.model = Books()
        self.company.ask(SetGateway(name="sandbox", account_id=1002))

    def teardown(self):
        if isinstance(company := getattr(self, "company", None), Ledger):
            query = Query(company.database, company.organization_id)
            assert broken_promises(query) == []
            assert broken_replays(query) == []
            company.close()

    def pick(self, kind: str, n: int) -> int:
        ids = sorted(getattr(self.model, kind))
        return ids[n % len(ids)]

    def ask(self, command: Command, may: bool, actor: str = "user:1"):
        """What it gives back, or None where it must refuse, and does."""
        (said,) = self.company.record(ask_of(self.company.organization_id, command, actor=actor))
        if isinstance(said, Refusal):
            assert not may, f"refused, and possible: {command}: {said}"
            return None
        if isinstance(said, BaseException):
            raise said
        assert may, f"granted, and impossible: {command}"
        return said

    def new_refunds(self, **of) -> list[Back]:
        """The refunds that the last command made, as the model keeps them."""
        found = [x for x in self.company.rows(Refund) if x.id not in self.model.backs]
        # Splitting does not help: what the customer was given that day counts.
        whole = self.model.given() + sum(each.amount_minor for each in found)
        waits = bool(self.model.threshold) and whole >= self.model.threshold
        for x in found:
            first = "settled" if x.rail == "bank" else "pending"
            assert x.state == ("awaiting_approval" if waits else first), x
            self.model.backs[x.id] = Back(x.amount_minor, x.rail, x.state, towards=x.allocation_id, **of)
        return [self.model.backs[x.id] for x in found]

    # Claims and cash.

    @rule(net=minors, taxed=st.booleans())
    def invoice(self, net, taxed):
        x = self.company.invoice(line(major(net), *([self.tax] if taxed else [])))
        total = net + ((net * 20 + 50) // 100 if taxed else 0)
        assert x.total_minor == total
        self.model.invoices[x.id] = Claim(total)

    @rule(net=minors)
    def note(self, net):
        x = self.company.credit_note(line(major(net)))
        self.model.notes[x.id] = Claim(net)

    @some("invoices")
    @rule(n=picks, share=shares, over=st.sampled_from([0, 0, 250]), by=st.sampled_from(["bank", "sandbox"]))
    def pay(self, n, share, over, by):
        id = self.pick("invoices", n)
        due = self.model.due(id)
        part = max(due * share // 100, 1)
        may = self.model.invoices[id].state == "issued" and part <= due
        said = self.ask(ReceivePayment(
            customer_id=1, account_id=BANK, received_on=ON, amount=major(part + over), rail=by,
            portions=(Portion(id, major(part)),),
        ), may)  # fmt: skip
        if said:
            self.model.payments[said.id] = part + over
            self.model.sets[len(self.model.sets) + 1] = Set(id, said.id, None, part)

    # Giving back.

    @some("invoices")
    @rule(n=picks, share=st.none() | shares)
    def refund_an_invoice(self, n, share):
        model, id = self.model, self.pick("invoices", n)
        most = model.refundable(id)
        amount = None if share is None else max(most * share // 100, 1)
        # Towards the payments it came from, newest first.
        expected, rest = [], most if amount is None else amount
        for at in sorted(model.sets, reverse=True):
            x = model.sets[at]
            if x.live and x.invoice == id and x.payment and rest > 0 and (left := model.left_of_set(at)):
                expected.append((at, min(left, rest)))
                rest -= min(left, rest)
        command = RefundInvoice(invoice_id=id, amount=major(amount))
        said = self.ask(command, model.may_refund_invoice(id, amount))
        if said:
            model.notes[said.id] = Claim(said.total_minor, against=id)
            made = self.new_refunds(note=said.id, invoice=id)
            assert [(x.towards, x.amount) for x in made] == expected

    @some("invoices")
    @rule(n=picks, share=st.none() | shares)
    def credit_an_invoice(self, n, share):
        model, id = self.model, self.pick("invoices", n)
        most = model.invoices[id].total - model.credited(id)
        amount = None if share is None else max(most * share // 100, 1)
        shapes = () if amount is None else (Shape(gross=major(amount)),)
        said = self.ask(CreditInvoice(invoice_id=id, shapes=shapes), model.may_credit(id, amount))
        if said:
            given = most if amount is None else amount
            used = min(model.due(id), given)
            assert (said.total_minor, said.allocated_minor) == (given, used)
            model.notes[said.id] = Claim(given, against=id)
            if used:
                model.sets[len(model.sets) + 1] = Set(id, None, said.id, used)

    @some("notes")
    @rule(n=picks, share=shares, by=st.sampled_from(["bank", "sandbox"]))
    def refund_a_note(self, n, share, by):
        model, id = self.model, self.pick("notes", n)
        left = model.left_of_note(id)
        amount = max(left * share // 100, 1)
        against = model.notes[id].against
        may = amount <= left
        if against is not None:
            # One budget: no more cash goes back on an invoice than came in on it.
            may = may and amount <= model.paid(against) - model.back_on(against)
        said = self.ask(RefundCreditNote(
            credit_note_id=id, amount=major(amount), refunded_on=ON, rail=by,
            account_id=BANK if by == "bank" else None,
        ), may)  # fmt: skip
        if said:
            self.new_refunds(note=id, invoice=against)

    @some("payments")
    @rule(n=picks, share=shares)
    def refund_a_payment(self, n, share):
        id = self.pick("payments", n)
        left = self.model.left_of_payment(id)
        amount = max(left * share // 100, 1)
        if self.ask(RefundPayment(payment_id=id, amount=major(amount)), amount <= left):
            self.new_refunds(payment=id)

    @some("backs")
    @rule(n=picks, what=st.sampled_from(["reverse", "cancel", "send", "settle", "fail", "approve", "reject"]))
    def hear_of_a_refund(self, n, what):
        id = self.pick("backs", n)
        back = self.model.backs[id]
        paid_out = "settled" if back.rail == "bank" else "pending"
        command, froms, to = {
            "reverse": (ReverseRefund(refund_id=id), {"settled"}, "reversed"),
            "cancel": (CancelRefund(refund_id=id), {"pending"}, "canceled"),
            "send": (SendRefund(refund_id=id), {"pending"}, "unknown"),
            "settle": (SettleRefund(refund_id=id, reference=f"r{id}"), {"pending", "unknown"}, "settled"),
            "fail": (FailRefund(refund_id=id, reason="no"), {"pending", "unknown", "settled"}, "failed"),
            "approve": (ApproveRefund(refund_id=id), {"awaiting_approval"}, paid_out),
            "reject": (RejectRefund(refund_id=id, reason="no"), {"awaiting_approval"}, "rejected"),
        }[what]
        # Told twice that it is settled, it is settled once.
        again = what == "settle" and back.state == "settled" and back.rail != "bank"
        heard = getattr(self, "references", set())
        said = self.ask(command, back.state in froms or (again and id in heard), "user:2")
        if said:
            self.references = heard | ({id} if what == "settle" else set())
            back.state = to

    # Setting against.

    @some("notes")
    @some("invoices")
    @rule(n=picks, m=picks, share=shares)
    def allocate(self, n, m, share):
        model, note, id = self.model, self.pick("notes", n), self.pick("invoices", m)
        amount = max(min(model.left_of_note(note), model.due(id)) * share // 100, 1)
        command = AllocateCreditNote(credit_note_id=note, shares=(Share(id, major(amount)),))
        if self.ask(command, model.may_allocate(note, id, amount)):
            model.sets[len(model.sets) + 1] = Set(id, None, note, amount)

    @some("sets")
    @rule(n=picks)
    def deallocate_a_note(self, n):
        id = self.pick("sets", n)
        x = self.model.sets[id]
        if x.note and self.ask(DeallocateCreditNote(allocation_id=id), x.live):
            x.live = False

    # Undoing, and who is asked.

    @some("invoices")
    @rule(n=picks)
    def void(self, n):
        id = self.pick("invoices", n)
        if self.ask(VoidInvoice(invoice_id=id), self.model.may_void(id)):
            self.model.invoices[id].state = "voided"

    @some("notes")
    @rule(n=picks)
    def delete_a_note(self, n):
        id = self.pick("notes", n)
        if self.ask(DeleteCreditNote(credit_note_id=id), self.model.may_delete(id)):
            self.model.notes[id].state = "voided"

    @rule(threshold=st.sampled_from([0, 0, 500]))
    def change_who_is_asked(self, threshold):
        self.ask(SetApprovalPolicy(threshold=major(threshold), window_days=0, expires_hours=72), True)
        self.model.threshold = threshold

    @invariant()
    def they_agree(self):
        if not hasattr(self, "model"):
            return
        said: dict[str, int] = {}
        for name, amount in self.company.trial_balance().items():
            account = "income" if name in ("sales", "tax_payable") else name
            said[account] = said.get(account, 0) + int(Decimal(amount) * 100)
        said = {name: minor for name, minor in said.items() if minor}
        assert said == self.model.balances()
        assert self.model.receivable() == said.get("receivable", 0)
        states = {x.id: (x.state, x.amount_minor) for x in self.company.rows(Refund)}
        assert states == {id: (x.state, x.amount) for id, x in self.model.backs.items()}
        hold(self.company)


def test_paper_and_model_agree():
    run_state_machine_as_test(Pencil, settings=bounds(10))


def test_database_and_model_agree(url):
    class OnDatabase(Pencil):
        company_of = staticmethod(lambda: Ledger(url))

    run_state_machine_as_test(OnDatabase, settings=bounds(4))
