-- A key that signs tokens has an end once there is a newer one.

ALTER TABLE signing_keys ADD COLUMN ends_at TEXT NOT NULL DEFAULT '';
