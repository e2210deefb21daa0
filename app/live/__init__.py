"""Delivery to browsers: who is connected, which room is where, what other processes did. Knows no feature."""
