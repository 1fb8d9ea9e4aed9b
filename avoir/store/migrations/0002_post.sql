-- Mail that is to go out, and the one-time tokens that some of it carries.

CREATE TABLE mails (
    organization_id BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    state TEXT NOT NULL,
    recipient TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    files TEXT NOT NULL,
    nonce TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    problem TEXT NOT NULL,
    created_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, uuid),
    CHECK (state IN ('waiting', 'sent', 'failed')),
    CHECK (attempts >= 0)
);

-- What the postman looks for, in every organization: few at any time.
CREATE INDEX mails_waiting ON mails (organization_id, state, uuid)
    WHERE state = 'waiting';

CREATE TABLE mailed_tokens (
    organization_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    purpose TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    tenancy_id BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, digest),
    CHECK (purpose IN ('invite', 'reset', 'verify')),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

CREATE INDEX mailed_tokens_by_user_id ON mailed_tokens (organization_id, user_id);
