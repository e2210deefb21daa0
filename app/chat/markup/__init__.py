"""From typed text to HTML, and the names that are called in it."""
