"""What can be asked: lists, documents, reports. Reads change nothing and may join across rooms."""
