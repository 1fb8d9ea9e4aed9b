"""Avoir: the open refunds engine."""

__version__ = "0.1.0"
