"""Parley with bugs, to see that the checker finds them."""
