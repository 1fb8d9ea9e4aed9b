-- Blocks of posted entries, each chained to the one before it.

CREATE TABLE seals (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    first_entry_id BIGINT NOT NULL,
    last_entry_id BIGINT NOT NULL,
    root TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    leaves TEXT NOT NULL,
    sealed_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (id >= 1 AND first_entry_id BETWEEN 1 AND last_entry_id),
    FOREIGN KEY (organization_id, first_entry_id) REFERENCES journal_entries (organization_id, id),
    FOREIGN KEY (organization_id, last_entry_id) REFERENCES journal_entries (organization_id, id)
);
