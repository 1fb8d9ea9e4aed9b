"""The law: pure, without IO, clock or randomness."""
