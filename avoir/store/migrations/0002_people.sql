-- Roles: what a member of an organization may do. Sign-ins can be ended, and memberships closed.

CREATE TABLE roles (
    organization_id BIGINT NOT NULL,
    tenancy_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    predefined BIGINT NOT NULL,
    permissions TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, tenancy_id, id),
    CHECK (predefined IN (0, 1))
);

INSERT INTO roles
    SELECT organization_id, id, 1, 'admin', 'Admin', 'May do everything.', 1, '', '', created_at, created_at
    FROM tenancies;

INSERT INTO roles
    SELECT organization_id, id, 2, 'staff', 'Staff', 'Keeps documents, pays nothing out.', 1, '', '', created_at,
        created_at
    FROM tenancies;

ALTER TABLE tenancies ADD COLUMN last_role BIGINT NOT NULL DEFAULT 2;

ALTER TABLE memberships DROP COLUMN role;

ALTER TABLE memberships ADD COLUMN role_id BIGINT NOT NULL DEFAULT 1;

ALTER TABLE memberships ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
    CHECK (state IN ('invited', 'active', 'inactive'));

ALTER TABLE memberships ADD COLUMN invited_at TEXT NOT NULL DEFAULT '';

CREATE INDEX memberships_by_role_id ON memberships (organization_id, tenancy_id, role_id);

ALTER TABLE users ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

ALTER TABLE users ADD COLUMN verified BIGINT NOT NULL DEFAULT 1 CHECK (verified IN (0, 1));
