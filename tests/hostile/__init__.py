"""Clients that nobody means well with."""
