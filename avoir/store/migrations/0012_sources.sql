-- A refund of a credit note is of no payment, and a payment's of no note: each was written into both indexes.

DROP INDEX refunds_by_payment_id;

CREATE INDEX refunds_by_payment_id ON refunds (organization_id, payment_id) WHERE payment_id IS NOT NULL;

DROP INDEX refunds_by_credit_note_id;

CREATE INDEX refunds_by_credit_note_id ON refunds (organization_id, credit_note_id) WHERE credit_note_id IS NOT NULL;
