"""What people ask: typed text to a question, the messages that answer it, and what of them is shown."""
