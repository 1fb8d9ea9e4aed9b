-- How the papers of an entity look: its bank details, its footer, its page. A customer may be given one of its own.
ALTER TABLE counters ADD COLUMN last_invoice_template BIGINT NOT NULL DEFAULT 0;

CREATE TABLE invoice_templates (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    bank_details TEXT NOT NULL,
    footer TEXT NOT NULL,
    page_size TEXT NOT NULL,
    tax_number_label TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    is_default BIGINT NOT NULL,
    hide_zero_amounts BIGINT NOT NULL,
    include_payment_link BIGINT NOT NULL,
    po_number_required BIGINT NOT NULL,
    tax_number_required BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (enabled IN (0, 1) AND is_default IN (0, 1) AND hide_zero_amounts IN (0, 1)),
    CHECK (include_payment_link IN (0, 1) AND po_number_required IN (0, 1) AND tax_number_required IN (0, 1)),
    CHECK (used IN (0, 1)),
    FOREIGN KEY (organization_id, entity_id) REFERENCES entities (organization_id, id)
);

CREATE INDEX invoice_templates_by_entity_id ON invoice_templates (organization_id, entity_id, is_default);

ALTER TABLE customers ADD COLUMN invoice_template_id BIGINT;
