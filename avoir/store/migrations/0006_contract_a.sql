-- What contract A can change besides the books: API clients, consent, webhooks, and what documents are told.

ALTER TABLE clients ADD COLUMN credentials_grant BIGINT NOT NULL DEFAULT 1;

ALTER TABLE clients ADD COLUMN code_grant BIGINT NOT NULL DEFAULT 0;

ALTER TABLE clients ADD COLUMN pkce BIGINT NOT NULL DEFAULT 0;

ALTER TABLE clients ADD COLUMN redirect_uri TEXT NOT NULL DEFAULT '';

ALTER TABLE clients ADD COLUMN entity_id BIGINT;

ALTER TABLE clients ADD COLUMN owner_id BIGINT;

ALTER TABLE clients ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';

ALTER TABLE clients ADD COLUMN deleted_at TEXT NOT NULL DEFAULT '';

CREATE TABLE authorizations (
    organization_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    tenancy_id BIGINT NOT NULL,
    client_number BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    scopes TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, digest),
    FOREIGN KEY (organization_id, tenancy_id, client_number) REFERENCES clients (organization_id, tenancy_id, id)
);

ALTER TABLE entities ADD COLUMN details TEXT NOT NULL DEFAULT '{}';

ALTER TABLE entities ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';

-- Whether something names an entity that is there already was never written down: so it does.
ALTER TABLE entities ADD COLUMN used BIGINT NOT NULL DEFAULT 1;

CREATE TABLE legacy_documents (
    organization_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    pdf_blob TEXT NOT NULL,
    fee_minor BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, subject, subject_id),
    CHECK (subject IN ('invoice', 'credit_note', 'payment'))
);

CREATE TABLE remarks (
    organization_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, subject, subject_id),
    CHECK (subject IN ('account', 'invoice', 'invoice_line', 'invoice_mail'))
);

CREATE TABLE merges (
    organization_id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
    FOREIGN KEY (organization_id, target_id) REFERENCES invoices (organization_id, id)
);

CREATE INDEX merges_by_target_id ON merges (organization_id, target_id);

ALTER TABLE counters ADD COLUMN last_webhook_endpoint BIGINT NOT NULL DEFAULT 0;

CREATE TABLE webhook_endpoints (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    url TEXT NOT NULL,
    signing_key TEXT NOT NULL,
    auth_token TEXT NOT NULL,
    types TEXT NOT NULL,
    active BIGINT NOT NULL,
    last_event BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (active IN (0, 1) AND last_event >= 0)
);
