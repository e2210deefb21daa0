"""The words of a text, and what they are found by. Pure."""
