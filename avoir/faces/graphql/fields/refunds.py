"""Refund, our addition to contract A: the cash side of a credit note."""

from avoir.core.credit_note import CreditNote
from avoir.core.money import unscaled
from avoir.faces.graphql.fields.common import Fields, money, of, the

REFUND: Fields = {
    "amount": money("amount_minor"),
    "createdAt": of("created_at"),
    "creditNote": the(CreditNote, "credit_note_id"),
    "creditNoteId": of("credit_note_id"),
    "currencyId": of("currency"),
    "date": of("refunded_on"),
    "description": of("description"),
    "exchangeRate": lambda refund, info: unscaled(refund.rate_nano, 9),
    "fromAccountId": of("account_id"),
    "id": of("id"),
    "number": of("number"),
    "referenceNo": of("reference"),
    "state": lambda refund, info: refund.state.upper(),
    "updatedAt": of("updated_at"),
    "uuid": of("uuid"),
}
