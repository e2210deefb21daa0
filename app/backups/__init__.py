"""Backups: made by hand, daily and before what is risky; and put back."""
