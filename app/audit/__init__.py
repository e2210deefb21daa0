"""What admins did, kept for a year."""
