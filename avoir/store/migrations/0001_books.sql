-- The books. A statement is a paragraph. Columns stand in the order of the value's fields; types are BIGINT
-- and TEXT, which SQLite reads as INTEGER and TEXT in STRICT tables without rowids.

CREATE TABLE counters (
    organization_id BIGINT NOT NULL,
    last_account BIGINT NOT NULL,
    last_allocation BIGINT NOT NULL,
    last_branch BIGINT NOT NULL,
    last_credit_note BIGINT NOT NULL,
    last_customer BIGINT NOT NULL,
    last_dispute BIGINT NOT NULL,
    last_dispute_reason BIGINT NOT NULL,
    last_entity BIGINT NOT NULL,
    last_entry BIGINT NOT NULL,
    last_event BIGINT NOT NULL,
    last_invoice BIGINT NOT NULL,
    last_item BIGINT NOT NULL,
    last_journal BIGINT NOT NULL,
    last_line BIGINT NOT NULL,
    last_payment BIGINT NOT NULL,
    last_refund BIGINT NOT NULL,
    last_tax_rate BIGINT NOT NULL,
    last_tenancy BIGINT NOT NULL,
    last_user BIGINT NOT NULL,
    PRIMARY KEY (organization_id)
);

CREATE TABLE answers (
    organization_id BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, idempotency_key)
);

CREATE TABLE signing_keys (
    organization_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, name)
);

CREATE TABLE users (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE UNIQUE INDEX users_by_email ON users (organization_id, email);

CREATE TABLE tenancies (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    public_id TEXT NOT NULL,
    last_api_key BIGINT NOT NULL,
    last_client BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE UNIQUE INDEX tenancies_by_public_id ON tenancies (organization_id, public_id);

CREATE TABLE memberships (
    organization_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    tenancy_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, user_id, tenancy_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

CREATE INDEX memberships_by_tenancy_id_user_id ON memberships (organization_id, tenancy_id, user_id);

CREATE TABLE api_keys (
    organization_id BIGINT NOT NULL,
    tenancy_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, tenancy_id, id)
);

CREATE UNIQUE INDEX api_keys_by_digest ON api_keys (organization_id, digest);

CREATE TABLE clients (
    organization_id BIGINT NOT NULL,
    tenancy_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    secret_digest TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_in BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, tenancy_id, id)
);

CREATE UNIQUE INDEX clients_by_client_id ON clients (organization_id, client_id);

CREATE TABLE organizations (
    organization_id BIGINT NOT NULL,
    public_id TEXT NOT NULL,
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    language TEXT NOT NULL,
    date_format TEXT NOT NULL,
    fiscal_year TEXT NOT NULL,
    discount_timing TEXT NOT NULL,
    write_off_tax BIGINT NOT NULL,
    credit_rate TEXT NOT NULL,
    branch_required BIGINT NOT NULL,
    terms_days BIGINT NOT NULL,
    details TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id),
    CHECK (discount_timing IN ('before_tax', 'after_tax')),
    CHECK (write_off_tax IN (0, 1)),
    CHECK (credit_rate IN ('original_rate', 'document_date')),
    CHECK (branch_required IN (0, 1)),
    CHECK (terms_days >= 0)
);

CREATE TABLE entities (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    base_currency TEXT NOT NULL,
    tax_number TEXT NOT NULL,
    dispute_action TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (dispute_action IN ('credit_note_and_refund', 'unpay_and_refund', 'do_nothing'))
);

CREATE TABLE series (
    organization_id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    prefix TEXT NOT NULL,
    next_number BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    PRIMARY KEY (organization_id, entity_id, kind),
    CHECK (next_number > 0 AND skipped >= 0),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id)
);

CREATE TABLE own_numbers (
    organization_id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    prefix TEXT NOT NULL,
    highest BIGINT NOT NULL,
    PRIMARY KEY (organization_id, entity_id, kind, prefix),
    CHECK (highest >= 0),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id)
);

CREATE TABLE locks (
    organization_id BIGINT NOT NULL,
    module TEXT NOT NULL,
    lock_to TEXT NOT NULL,
    unlock_from TEXT NOT NULL,
    unlock_to TEXT NOT NULL,
    reason TEXT NOT NULL,
    unlock_reason TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, module),
    CHECK (module IN ('all', 'sales', 'purchases', 'financial'))
);

CREATE TABLE approval_policies (
    organization_id BIGINT NOT NULL,
    threshold_minor BIGINT NOT NULL,
    window_days BIGINT NOT NULL,
    expires_hours BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id),
    CHECK (threshold_minor >= 0 AND window_days >= 0 AND expires_hours > 0)
);

CREATE TABLE exchange_rates (
    organization_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    base_currency TEXT NOT NULL,
    valid_on TEXT NOT NULL,
    year BIGINT NOT NULL,
    rate_nano BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, currency, base_currency, valid_on),
    CHECK (rate_nano > 0)
);

CREATE INDEX exchange_rates_by_year ON exchange_rates (organization_id, currency, base_currency, year);

CREATE TABLE branches (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    is_primary BIGINT NOT NULL,
    address TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    phone_number TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (is_primary IN (0, 1) AND used IN (0, 1)),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id)
);

CREATE INDEX branches_by_code ON branches (organization_id, code);

CREATE INDEX branches_by_entity_id ON branches (organization_id, entity_id);

CREATE TABLE accounts (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    code TEXT NOT NULL,
    type TEXT NOT NULL,
    role TEXT NOT NULL,
    currency TEXT NOT NULL,
    parent_id BIGINT,
    description TEXT NOT NULL,
    active BIGINT NOT NULL,
    predefined BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (active IN (0, 1) AND predefined IN (0, 1) AND used IN (0, 1))
);

CREATE INDEX accounts_by_role ON accounts (organization_id, role);

CREATE INDEX accounts_by_code ON accounts (organization_id, code);

CREATE INDEX accounts_by_name ON accounts (organization_id, name);

CREATE INDEX accounts_by_parent_id ON accounts (organization_id, parent_id);

CREATE INDEX accounts_by_currency ON accounts (organization_id, currency);

CREATE TABLE gateways (
    organization_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    active BIGINT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, name),
    CHECK (active IN (0, 1)),
    CHECK (name NOT IN ('', 'bank', 'dispute')),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id)
);

CREATE TABLE tax_rates (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    percent_micro BIGINT NOT NULL,
    is_compound BIGINT NOT NULL,
    is_non_recoverable BIGINT NOT NULL,
    description TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (percent_micro BETWEEN 0 AND 1000000000)
);

CREATE UNIQUE INDEX tax_rates_by_code ON tax_rates (organization_id, code);

CREATE TABLE items (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    code TEXT NOT NULL,
    sellable BIGINT NOT NULL,
    price_micro BIGINT,
    account_id BIGINT,
    tax_rate_id BIGINT,
    description TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (sellable IN (0, 1) AND active IN (0, 1)),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, tax_rate_id) REFERENCES tax_rates (organization_id, id)
);

CREATE UNIQUE INDEX items_by_name ON items (organization_id, name);

CREATE TABLE dispute_reasons (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE customers (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    currency TEXT NOT NULL,
    code TEXT NOT NULL,
    terms_days BIGINT,
    active BIGINT NOT NULL,
    details TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    used BIGINT NOT NULL,
    opening_invoice_id BIGINT,
    opening_credit_note_id BIGINT,
    PRIMARY KEY (organization_id, id),
    CHECK (active IN (0, 1) AND used IN (0, 1)),
    CHECK (opening_invoice_id IS NULL OR opening_credit_note_id IS NULL),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id)
);

CREATE INDEX customers_by_created_at ON customers (organization_id, created_at);

CREATE TABLE invoices (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    branch_id BIGINT,
    kind TEXT NOT NULL,
    reissues_id BIGINT,
    number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    rate_nano BIGINT NOT NULL,
    is_tax_inclusive BIGINT NOT NULL,
    issued_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    discount_kind TEXT NOT NULL,
    discount_micro BIGINT NOT NULL,
    discount_timing TEXT NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    adjustment_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    base_total_minor BIGINT NOT NULL,
    message TEXT NOT NULL,
    terms TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    paid_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    written_off_minor BIGINT NOT NULL,
    base_settled_minor BIGINT NOT NULL,
    credited_minor BIGINT NOT NULL,
    base_credited_minor BIGINT NOT NULL,
    discount_credited_minor BIGINT NOT NULL,
    adjustment_credited_minor BIGINT NOT NULL,
    returned_minor BIGINT NOT NULL,
    disputed_minor BIGINT NOT NULL,
    entry_id BIGINT,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('draft', 'issued', 'voided', 'deleted')),
    CHECK (rate_nano > 0),
    CHECK (total_minor BETWEEN 0 AND 9007199254740991),
    CHECK (total_minor = net_minor + tax_minor + adjustment_minor - CASE discount_timing WHEN 'after_tax' THEN discount_minor ELSE 0 END),
    CHECK (paid_minor >= 0 AND credit_minor >= 0 AND written_off_minor >= 0),
    CHECK (paid_minor + credit_minor + written_off_minor <= total_minor),
    CHECK (base_settled_minor BETWEEN 0 AND base_total_minor),
    CHECK (credited_minor BETWEEN 0 AND total_minor AND base_credited_minor BETWEEN 0 AND base_total_minor),
    CHECK (returned_minor >= 0 AND disputed_minor >= 0 AND returned_minor + disputed_minor <= paid_minor),
    CHECK (kind IN ('invoice', 'opening_balance')),
    CHECK (state <> 'draft' OR paid_minor + credit_minor + written_off_minor + credited_minor = 0),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branches (organization_id, id)
);

CREATE INDEX invoices_by_customer_id_issued_on ON invoices (organization_id, customer_id, issued_on);

CREATE INDEX invoices_by_created_at ON invoices (organization_id, created_at);

CREATE UNIQUE INDEX invoices_by_number ON invoices (organization_id, entity_id, number) WHERE number <> '';

CREATE TABLE invoice_lines (
    organization_id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    id BIGINT NOT NULL,
    item_id BIGINT,
    account_id BIGINT NOT NULL,
    description TEXT NOT NULL,
    quantity_micro BIGINT NOT NULL,
    price_micro BIGINT NOT NULL,
    discount_kind TEXT NOT NULL,
    discount_micro BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    net_credited_minor BIGINT NOT NULL,
    tax_credited_minor BIGINT NOT NULL,
    quantity_credited_micro BIGINT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id, position),
    CHECK (quantity_micro >= 0 AND price_micro >= 0 AND discount_minor BETWEEN 0 AND amount_minor),
    CHECK (net_credited_minor BETWEEN 0 AND net_minor),
    CHECK (tax_credited_minor BETWEEN 0 AND tax_minor),
    CHECK (quantity_credited_micro BETWEEN 0 AND quantity_micro),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
    FOREIGN KEY (organization_id, item_id) REFERENCES items (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id)
);

CREATE TABLE invoice_taxes (
    organization_id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    tax_rate_id BIGINT NOT NULL,
    percent_micro BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    credited_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id, position, tax_rate_id),
    CHECK (credited_minor BETWEEN 0 AND tax_minor),
    FOREIGN KEY (organization_id, tax_rate_id) REFERENCES tax_rates (organization_id, id)
);

CREATE TABLE credit_notes (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    branch_id BIGINT,
    invoice_id BIGINT,
    dispute_reason_id BIGINT,
    dispute_id BIGINT,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    rate_nano BIGINT NOT NULL,
    is_tax_inclusive BIGINT NOT NULL,
    issued_on TEXT NOT NULL,
    discount_kind TEXT NOT NULL,
    discount_micro BIGINT NOT NULL,
    discount_timing TEXT NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    adjustment_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    base_total_minor BIGINT NOT NULL,
    note TEXT NOT NULL,
    terms TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    allocated_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    reserved_minor BIGINT NOT NULL,
    base_used_minor BIGINT NOT NULL,
    invoice_base_minor BIGINT NOT NULL,
    shape TEXT NOT NULL,
    entry_id BIGINT,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('draft', 'issued', 'voided', 'deleted')),
    CHECK (kind IN ('credit', 'refund', 'write_off')),
    CHECK (rate_nano > 0),
    CHECK (total_minor BETWEEN 0 AND 9007199254740991),
    CHECK (total_minor = net_minor + tax_minor + adjustment_minor - CASE discount_timing WHEN 'after_tax' THEN discount_minor ELSE 0 END),
    CHECK (allocated_minor >= 0 AND refunded_minor >= 0 AND reserved_minor >= 0),
    CHECK (allocated_minor + refunded_minor + reserved_minor <= total_minor),
    CHECK (base_used_minor BETWEEN 0 AND base_total_minor),
    CHECK (state = 'issued' OR allocated_minor + refunded_minor + reserved_minor = 0),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branches (organization_id, id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
    FOREIGN KEY (organization_id, dispute_reason_id) REFERENCES dispute_reasons (organization_id, id)
);

CREATE INDEX credit_notes_by_customer_id_issued_on ON credit_notes (organization_id, customer_id, issued_on);

CREATE INDEX credit_notes_by_created_at ON credit_notes (organization_id, created_at);

CREATE UNIQUE INDEX credit_notes_by_number ON credit_notes (organization_id, entity_id, number) WHERE number <> '';

CREATE TABLE credit_note_lines (
    organization_id BIGINT NOT NULL,
    credit_note_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    id BIGINT NOT NULL,
    invoice_position BIGINT,
    item_id BIGINT,
    account_id BIGINT NOT NULL,
    description TEXT NOT NULL,
    quantity_micro BIGINT NOT NULL,
    price_micro BIGINT NOT NULL,
    discount_kind TEXT NOT NULL,
    discount_micro BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, credit_note_id, position),
    CHECK (net_minor >= 0 AND tax_minor >= 0),
    FOREIGN KEY (organization_id, credit_note_id) REFERENCES credit_notes (organization_id, id),
    FOREIGN KEY (organization_id, item_id) REFERENCES items (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id)
);

CREATE TABLE credit_note_taxes (
    organization_id BIGINT NOT NULL,
    credit_note_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    tax_rate_id BIGINT NOT NULL,
    percent_micro BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, credit_note_id, position, tax_rate_id),
    CHECK (tax_minor >= 0),
    FOREIGN KEY (organization_id, tax_rate_id) REFERENCES tax_rates (organization_id, id)
);

CREATE TABLE payments (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    branch_id BIGINT,
    number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    reference TEXT NOT NULL,
    memo TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    rate_nano BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    base_amount_minor BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    rail TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    allocated_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    reserved_minor BIGINT NOT NULL,
    disputed_minor BIGINT NOT NULL,
    base_used_minor BIGINT NOT NULL,
    entry_id BIGINT,
    PRIMARY KEY (organization_id, id),
    CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
    CHECK (rate_nano > 0),
    CHECK (allocated_minor >= 0 AND refunded_minor >= 0 AND reserved_minor >= 0 AND disputed_minor >= 0),
    CHECK (allocated_minor + refunded_minor + reserved_minor + disputed_minor <= amount_minor),
    CHECK (base_used_minor BETWEEN 0 AND base_amount_minor),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branches (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id)
);

CREATE INDEX payments_by_customer_id_received_on ON payments (organization_id, customer_id, received_on);

CREATE INDEX payments_by_created_at ON payments (organization_id, created_at);

CREATE UNIQUE INDEX payments_by_number ON payments (organization_id, entity_id, number) WHERE number <> '';

CREATE TABLE allocations (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    payment_id BIGINT,
    credit_note_id BIGINT,
    amount_minor BIGINT NOT NULL,
    base_source_minor BIGINT NOT NULL,
    base_invoice_minor BIGINT NOT NULL,
    allocated_on TEXT NOT NULL,
    entry_id BIGINT,
    created_at TEXT NOT NULL,
    deallocated_on TEXT NOT NULL,
    returned_minor BIGINT NOT NULL,
    disputed_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (amount_minor > 0),
    CHECK (base_source_minor >= 0 AND base_invoice_minor >= 0),
    CHECK (returned_minor >= 0 AND disputed_minor >= 0 AND returned_minor + disputed_minor <= amount_minor),
    CHECK ((payment_id IS NULL) <> (credit_note_id IS NULL)),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
    FOREIGN KEY (organization_id, payment_id) REFERENCES payments (organization_id, id),
    FOREIGN KEY (organization_id, credit_note_id) REFERENCES credit_notes (organization_id, id)
);

CREATE INDEX allocations_by_invoice_id ON allocations (organization_id, invoice_id);

CREATE INDEX allocations_by_payment_id ON allocations (organization_id, payment_id);

CREATE INDEX allocations_by_credit_note_id ON allocations (organization_id, credit_note_id);

CREATE TABLE disputes (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    payment_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    rate_nano BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    base_amount_minor BIGINT NOT NULL,
    reason TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    closed_on TEXT NOT NULL,
    action TEXT NOT NULL,
    entry_id BIGINT,
    closing_entry_id BIGINT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('open', 'won', 'lost')),
    CHECK (amount_minor > 0 AND fee_minor >= 0),
    FOREIGN KEY (organization_id, payment_id) REFERENCES payments (organization_id, id)
);

CREATE INDEX disputes_by_payment_id ON disputes (organization_id, payment_id);

CREATE TABLE dispute_shares (
    organization_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    allocation_id BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, dispute_id, allocation_id),
    CHECK (amount_minor > 0),
    FOREIGN KEY (organization_id, dispute_id) REFERENCES disputes (organization_id, id),
    FOREIGN KEY (organization_id, allocation_id) REFERENCES allocations (organization_id, id)
);

CREATE TABLE refunds (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    branch_id BIGINT,
    credit_note_id BIGINT,
    payment_id BIGINT,
    invoice_id BIGINT,
    allocation_id BIGINT,
    number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    rail TEXT NOT NULL,
    state TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    rate_nano BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    base_amount_minor BIGINT NOT NULL,
    base_relieved_minor BIGINT NOT NULL,
    refunded_on TEXT NOT NULL,
    month TEXT NOT NULL,
    reference TEXT NOT NULL,
    description TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    digest TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    failure TEXT NOT NULL,
    gateway_reference TEXT NOT NULL,
    dispute_id BIGINT,
    entry_id BIGINT,
    settled_entry_id BIGINT,
    PRIMARY KEY (organization_id, id),
    CHECK (amount_minor > 0 AND base_amount_minor >= 0 AND base_relieved_minor >= 0),
    CHECK (rate_nano > 0),
    CHECK (state IN ('awaiting_approval', 'rejected', 'expired', 'pending', 'unknown', 'canceled', 'settled', 'failed', 'reversed')),
    CHECK ((credit_note_id IS NULL) <> (payment_id IS NULL)),
    FOREIGN KEY (organization_id, credit_note_id) REFERENCES credit_notes (organization_id, id),
    FOREIGN KEY (organization_id, payment_id) REFERENCES payments (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, dispute_id) REFERENCES disputes (organization_id, id)
);

CREATE UNIQUE INDEX refunds_by_entity_id_number ON refunds (organization_id, entity_id, number);

CREATE INDEX refunds_by_credit_note_id ON refunds (organization_id, credit_note_id);

CREATE INDEX refunds_by_payment_id ON refunds (organization_id, payment_id);

CREATE INDEX refunds_by_customer_id_month ON refunds (organization_id, customer_id, month);

-- What the worker looks for, in every organization: few at any time.
CREATE INDEX refunds_unsettled ON refunds (organization_id, state, id)
    WHERE state IN ('awaiting_approval', 'pending', 'unknown');

CREATE TABLE manual_journals (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    branch_id BIGINT,
    number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    reference TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    journal_on TEXT NOT NULL,
    currency TEXT NOT NULL,
    rate_nano BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    entry_id BIGINT,
    published_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('draft', 'published', 'reversed', 'deleted')),
    CHECK (rate_nano > 0 AND amount_minor >= 0),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branches (organization_id, id)
);

CREATE UNIQUE INDEX manual_journals_by_number ON manual_journals (organization_id, entity_id, number) WHERE number <> '';

CREATE TABLE manual_journal_lines (
    organization_id BIGINT NOT NULL,
    journal_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    customer_id BIGINT,
    branch_id BIGINT,
    note TEXT NOT NULL,
    PRIMARY KEY (organization_id, journal_id, position),
    CHECK (minor <> 0),
    FOREIGN KEY (organization_id, journal_id) REFERENCES manual_journals (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branches (organization_id, id)
);

CREATE TABLE journal_lines (
    organization_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    customer_id BIGINT,
    branch_id BIGINT,
    tax_rate_id BIGINT,
    currency TEXT NOT NULL,
    booked_on TEXT NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    base_debit_minor BIGINT NOT NULL,
    base_credit_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, entry_id, number),
    CHECK (debit_minor >= 0 AND credit_minor >= 0 AND base_debit_minor >= 0 AND base_credit_minor >= 0),
    CHECK (debit_minor = 0 OR credit_minor = 0),
    CHECK (base_debit_minor = 0 OR base_credit_minor = 0),
    CHECK (debit_minor + credit_minor + base_debit_minor + base_credit_minor > 0)
);

CREATE INDEX journal_lines_by_account_id_booked_on ON journal_lines (organization_id, account_id, booked_on);

CREATE TABLE journal_entries (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    booked_on TEXT NOT NULL,
    reverses_id BIGINT,
    actor TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE INDEX journal_entries_by_source_kind_source_id ON journal_entries (organization_id, source_kind, source_id);

CREATE UNIQUE INDEX journal_entries_reversed_once ON journal_entries (organization_id, reverses_id)
    WHERE reverses_id IS NOT NULL;

CREATE TABLE events (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE INDEX events_by_subject_kind_subject_id ON events (organization_id, subject_kind, subject_id);

CREATE TABLE balances (
    organization_id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    branch_id BIGINT NOT NULL,
    booked_on TEXT NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    base_debit_minor BIGINT NOT NULL,
    base_credit_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, entity_id, account_id, currency, branch_id, booked_on)
);

-- The directory: users, keys and clients, kept as organization 0.
INSERT INTO counters VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
