-- Items as they are bought, tax rates and items that stay while something names them, the organization's own
-- list of currencies, and payments that were taken back.

ALTER TABLE tax_rates ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';

ALTER TABLE tax_rates ADD COLUMN used BIGINT NOT NULL DEFAULT 0 CHECK (used IN (0, 1));

ALTER TABLE items ADD COLUMN purchasable BIGINT NOT NULL DEFAULT 0 CHECK (purchasable IN (0, 1));

ALTER TABLE items ADD COLUMN cost_micro BIGINT;

ALTER TABLE items ADD COLUMN cost_account_id BIGINT;

ALTER TABLE items ADD COLUMN inventory_account_id BIGINT;

ALTER TABLE items ADD COLUMN purchase_tax_rate_id BIGINT;

ALTER TABLE items ADD COLUMN purchase_description TEXT NOT NULL DEFAULT '';

ALTER TABLE items ADD COLUMN note TEXT NOT NULL DEFAULT '';

ALTER TABLE items ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';

ALTER TABLE items ADD COLUMN used BIGINT NOT NULL DEFAULT 0 CHECK (used IN (0, 1));

ALTER TABLE payments ADD COLUMN state TEXT NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'voided'));

UPDATE items SET used = 1 WHERE EXISTS (
    SELECT 1 FROM invoice_lines AS l WHERE l.organization_id = items.organization_id AND l.item_id = items.id
) OR EXISTS (
    SELECT 1 FROM credit_note_lines AS l WHERE l.organization_id = items.organization_id AND l.item_id = items.id
);

UPDATE tax_rates SET used = 1 WHERE EXISTS (
    SELECT 1 FROM invoice_taxes AS x
    WHERE x.organization_id = tax_rates.organization_id AND x.tax_rate_id = tax_rates.id
) OR EXISTS (
    SELECT 1 FROM credit_note_taxes AS x
    WHERE x.organization_id = tax_rates.organization_id AND x.tax_rate_id = tax_rates.id
) OR EXISTS (
    SELECT 1 FROM items AS i WHERE i.organization_id = tax_rates.organization_id AND i.tax_rate_id = tax_rates.id
);

CREATE TABLE currencies (
    organization_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    sign TEXT NOT NULL,
    listed BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, code),
    CHECK (listed IN (0, 1))
);
