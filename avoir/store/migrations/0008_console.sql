-- Long work and its pieces; what was asked for in the place of a failed refund; and until when a bank waits for
-- an answer to a dispute.

ALTER TABLE counters ADD COLUMN last_job BIGINT NOT NULL DEFAULT 0;

CREATE TABLE jobs (
    organization_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    asked TEXT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('running', 'stopped', 'completed', 'failed')),
    CHECK (done >= 0 AND refused >= 0 AND done + refused <= total)
);

CREATE INDEX jobs_running ON jobs (organization_id, id) WHERE state = 'running';

CREATE TABLE job_pieces (
    organization_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    asked TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    about_kind TEXT NOT NULL,
    about_id BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (organization_id, job_id, number),
    FOREIGN KEY (organization_id, job_id) REFERENCES jobs (organization_id, id),
    CHECK (state IN ('waiting', 'done', 'refused'))
);

ALTER TABLE refunds ADD COLUMN retried_by_id BIGINT;

ALTER TABLE disputes ADD COLUMN respond_by TEXT NOT NULL DEFAULT '';
