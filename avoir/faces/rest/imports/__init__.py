"""Imports of contract B (rest.md, 2.8): sheets become commands, row by row."""
