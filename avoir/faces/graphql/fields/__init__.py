"""What each type of the schema shows of its row, one file by room."""
