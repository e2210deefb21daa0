"""Bring conversations in from other chats, and take all of them out."""
