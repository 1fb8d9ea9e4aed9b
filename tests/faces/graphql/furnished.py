"""A shop in which there is at least one of everything that contract A lists."""

from decimal import Decimal

from avoir.app.access import CreateUser
from avoir.app.contacts import CreateContact
from avoir.app.customers import EditCustomer
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.app.disputes import OpenDispute
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import DraftInvoiceCredit
from avoir.app.invoice_templates import CreateInvoiceTemplate
from avoir.app.refunds import RefundInvoice
from avoir.app.views import CreateView
from avoir.core.payment_method import CARD, SUCCESS, PaymentMethod
from avoir.core.webhook_event import DEFAULT, DELIVERED, WebhookEvent
from tests.faces.graphql.shop import Shop
from tests.ledger import NOW, line

METHOD = PaymentMethod(
    0, 1, 1, "sandbox", "tok_1", CARD, "4242", "Visa", "Visa 4242", "2030-01-31", SUCCESS, "", NOW, 1, 0,
    NOW, NOW,
)  # fmt: skip
TOLD = WebhookEvent(
    0, 1, None, "https://example.com/hook", DEFAULT, '{"type":"Invoice"}', '{"x-bunny-signature":"abc"}',
    DELIVERED, 1, "200", "ok", NOW, NOW,
)  # fmt: skip


def furnish(shop: Shop) -> None:
    """Two invoices, one of them paid, refunded and disputed; drafts; and what stands beside documents."""
    rate = shop.tax(20)
    paid = shop.invoice(line(100, rate), line(50), reference="PO 1")
    shop.paid(paid, 170)
    shop.invoice(line(10))
    shop.ask(CreateDisputeReason(name="Broken"))
    shop.ask(CreateInvoiceTemplate(name="Plain", is_default=True))
    shop.ask(EditCustomer(customer_id=1, invoice_template_id=1))
    shop.ask(RefundInvoice(invoice_id=paid.id, amount=Decimal(30), dispute_reason_id=1))
    shop.ask(OpenDispute(payment_id=1, amount=Decimal(20), reason="fraudulent", remote_id="dp_1"))
    shop.credit_note(line(5))
    shop.invoice(line(7), issue=False)
    shop.ask(DraftInvoiceCredit(invoice_id=2))
    shop.ask(CreateContact(first_name="Ada", last_name="Lovelace", email="ada@example.com", customer_id=1))
    shop.ask(SetGateway(name="sandbox", account_id=1002))
    shop.ask(CreateView(name="Open", object="Invoice", conditions="amountDue > 0", sort_by="amount"))
    person = {"first_name": "Grace", "last_name": "Hopper", "password_hash": "x"}
    access = shop.app.state.access
    command = CreateUser(tenancy_id=shop.organization_id, email="grace@example.com", **person)
    shop.run(access.ask(command, actor="user:1"))
    shop.write(METHOD, TOLD)
