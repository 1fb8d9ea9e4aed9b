-- What a customer owes may stand in a journal's lines, and is looked for by customer.
CREATE INDEX manual_journal_lines_of_customer ON manual_journal_lines (organization_id, customer_id);
