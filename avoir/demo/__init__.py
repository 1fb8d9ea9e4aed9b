"""The demonstration: a company with a year of books, and a refund to watch from end to end."""
