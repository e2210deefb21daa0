"""Parley: group chat that people can own."""
