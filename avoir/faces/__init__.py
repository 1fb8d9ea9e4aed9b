"""The doors: parse, ask, render."""
