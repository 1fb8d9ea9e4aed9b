"""What can be done: commands, and the clerk that records them; and what can be asked: reads."""
