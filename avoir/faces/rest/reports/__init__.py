"""Reports of contract B (rest.md, 2.9): each a read, its reply, and the same as a table."""
