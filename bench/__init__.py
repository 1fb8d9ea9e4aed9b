"""How fast Avoir is, measured in one run: `make bench`, or `python -m bench`."""
