-- Who speaks for a customer, how a customer pays, saved views of lists, and what was told to other servers.

ALTER TABLE counters ADD COLUMN last_contact BIGINT NOT NULL DEFAULT 0;

ALTER TABLE counters ADD COLUMN last_payment_method BIGINT NOT NULL DEFAULT 0;

ALTER TABLE counters ADD COLUMN last_view BIGINT NOT NULL DEFAULT 0;

ALTER TABLE counters ADD COLUMN last_webhook_event BIGINT NOT NULL DEFAULT 0;

CREATE TABLE contacts (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    customer_id BIGINT,
    code TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    salutation TEXT NOT NULL,
    title TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    mobile TEXT NOT NULL,
    linkedin_url TEXT NOT NULL,
    description TEXT NOT NULL,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    zip TEXT NOT NULL,
    country TEXT NOT NULL,
    portal_access BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (portal_access IN (0, 1))
);

CREATE INDEX contacts_by_customer_id ON contacts (organization_id, customer_id);

CREATE INDEX contacts_by_code ON contacts (organization_id, code);

CREATE TABLE payment_methods (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    rail TEXT NOT NULL,
    token TEXT NOT NULL,
    type TEXT NOT NULL,
    identifier TEXT NOT NULL,
    issuer TEXT NOT NULL,
    description TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT NOT NULL,
    last_success_at TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (is_default IN (0, 1) AND disabled IN (0, 1)),
    CHECK (type IN ('ach', 'card', 'other', 'wire') AND state IN ('failed', 'success', 'unknown'))
);

CREATE INDEX payment_methods_by_customer_id ON payment_methods (organization_id, customer_id);

CREATE TABLE views (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    object TEXT NOT NULL,
    columns TEXT NOT NULL,
    conditions TEXT NOT NULL,
    sort_by TEXT NOT NULL,
    sort_order TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (is_default IN (0, 1) AND sort_order IN ('', 'asc', 'desc'))
);

CREATE TABLE webhook_events (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    event_id BIGINT,
    url TEXT NOT NULL,
    payload_type TEXT NOT NULL,
    payload TEXT NOT NULL,
    headers TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    response_code TEXT NOT NULL,
    response_body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('pending', 'delivered', 'failed') AND attempts >= 0)
);

CREATE INDEX webhook_events_by_created_at ON webhook_events (organization_id, created_at);

CREATE INDEX webhook_events_pending ON webhook_events (organization_id, id) WHERE state = 'pending';
