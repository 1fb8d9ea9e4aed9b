"""Contract B: REST, as Bigcapital's clients speak it."""
