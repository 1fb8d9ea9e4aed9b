-- Sums that reports begin with, whatever the age of the books: of months, and of customers.

CREATE TABLE month_balances (
    organization_id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    branch_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    base_debit_minor BIGINT NOT NULL,
    base_credit_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, entity_id, account_id, currency, branch_id, month)
);

INSERT INTO month_balances
    SELECT organization_id, entity_id, account_id, currency, branch_id, substr(booked_on, 1, 7),
        CAST(SUM(debit_minor) AS BIGINT), CAST(SUM(credit_minor) AS BIGINT),
        CAST(SUM(base_debit_minor) AS BIGINT), CAST(SUM(base_credit_minor) AS BIGINT)
    FROM balances GROUP BY 1, 2, 3, 4, 5, 6;

CREATE TABLE customer_balances (
    organization_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    branch_id BIGINT NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    base_debit_minor BIGINT NOT NULL,
    base_credit_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, customer_id, account_id, entity_id, currency, branch_id)
);

INSERT INTO customer_balances
    SELECT organization_id, customer_id, account_id, entity_id, currency, coalesce(branch_id, 0),
        CAST(SUM(debit_minor) AS BIGINT), CAST(SUM(credit_minor) AS BIGINT),
        CAST(SUM(base_debit_minor) AS BIGINT), CAST(SUM(base_credit_minor) AS BIGINT)
    FROM journal_lines WHERE customer_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6;

-- The days of a month, without those of all years; a row comes once a day, however much is posted to it.
CREATE INDEX balances_by_booked_on ON balances (organization_id, booked_on);

-- What is due: few of all invoices. Neither a credit note's nor a payment's refund changes these columns.
CREATE INDEX invoices_open ON invoices (organization_id, customer_id, due_on)
    WHERE state = 'issued' AND paid_minor + credit_minor + written_off_minor < total_minor;

-- What was set off, or taken back, since a day.
CREATE INDEX allocations_by_allocated_on ON allocations (organization_id, allocated_on);

CREATE INDEX allocations_taken_back ON allocations (organization_id, deallocated_on) WHERE deallocated_on <> '';
