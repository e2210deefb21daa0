"""The clients of a run: what they do, and how they send, keep and repeat it."""
