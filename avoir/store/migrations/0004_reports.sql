-- An account's lines are read in their order, page by page; and sheets that are imported.

DROP INDEX journal_lines_by_account_id_booked_on;

CREATE INDEX journal_lines_by_account_id_booked_on
    ON journal_lines (organization_id, account_id, booked_on, entry_id, number);

CREATE TABLE import_jobs (
    organization_id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    resource TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL,
    heads TEXT NOT NULL,
    mapping TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    created_count BIGINT NOT NULL,
    errors TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, uuid),
    CHECK (state IN ('uploaded', 'mapped', 'imported')),
    CHECK (row_count > 0 AND created_count BETWEEN 0 AND row_count)
);

CREATE TABLE import_parts (
    organization_id BIGINT NOT NULL,
    import_uuid TEXT NOT NULL,
    position BIGINT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (organization_id, import_uuid, position),
    FOREIGN KEY (organization_id, import_uuid) REFERENCES import_jobs (organization_id, uuid)
);
