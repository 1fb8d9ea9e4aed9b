-- What lists tell of rows that few are among: a refund that is paid, and a document that stands, is in none of these.

CREATE INDEX refunds_undone ON refunds (organization_id, state, id)
    WHERE state IN ('failed', 'rejected', 'expired', 'canceled', 'reversed');

CREATE INDEX invoices_not_issued ON invoices (organization_id, state, id) WHERE state <> 'issued';

CREATE INDEX invoices_not_sold ON invoices (organization_id, id) WHERE kind <> 'invoice';

CREATE INDEX credit_notes_not_issued ON credit_notes (organization_id, state, id) WHERE state <> 'issued';

CREATE INDEX payments_not_received ON payments (organization_id, state, id) WHERE state <> 'received';

-- What of a payment is nobody's yet: changed as it is applied, not by what a refund of a credit note writes.
CREATE INDEX payments_unapplied ON payments (organization_id, received_on, id)
    WHERE state = 'received' AND amount_minor > allocated_minor + refunded_minor + reserved_minor + disputed_minor;

-- SQLite turns a comparison so that the column stands first, and then knows no index of the other way around.
DROP INDEX invoices_open;

CREATE INDEX invoices_open ON invoices (organization_id, customer_id, due_on)
    WHERE state = 'issued' AND total_minor > paid_minor + credit_minor + written_off_minor;

CREATE INDEX disputes_open ON disputes (organization_id, payment_id) WHERE state = 'open';
