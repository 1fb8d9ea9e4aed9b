"""Contract A: GraphQL, as Bunny's clients speak it."""
