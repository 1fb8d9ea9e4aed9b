-- Files that are kept beside documents: what they are called, and what they stand on. The bytes are elsewhere.

ALTER TABLE counters ADD COLUMN last_attachment BIGINT NOT NULL DEFAULT 0;

CREATE TABLE attachments (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    file_key TEXT NOT NULL,
    origin_name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (size >= 0)
);

CREATE UNIQUE INDEX attachments_by_file_key ON attachments (organization_id, file_key);

CREATE TABLE attachment_links (
    organization_id BIGINT NOT NULL,
    model TEXT NOT NULL,
    model_id BIGINT NOT NULL,
    attachment_id BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, model, model_id, attachment_id),
    FOREIGN KEY (organization_id, attachment_id) REFERENCES attachments (organization_id, id)
);

CREATE INDEX attachment_links_by_attachment_id ON attachment_links (organization_id, attachment_id);
