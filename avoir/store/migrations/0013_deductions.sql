-- What contract A calls the credits of a draft invoice: what each took off each line, inside the line's discount.
CREATE TABLE invoice_deductions (
    organization_id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    of_all BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id, id, position),
    CHECK (amount_minor > 0 AND of_all IN (0, 1)),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id)
);

CREATE INDEX invoice_deductions_by_id ON invoice_deductions (organization_id, id);
