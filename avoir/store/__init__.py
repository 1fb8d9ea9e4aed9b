"""The shelves: two databases behind the same few verbs. SQL in sight."""
