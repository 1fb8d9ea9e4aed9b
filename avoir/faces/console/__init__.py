"""The console: server-rendered pages for people, on the very commands and reads of the other faces."""
