"""Delivery to browsers: who is connected, which room is where, what other processes did. No feature is in here."""
