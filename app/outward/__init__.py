"""What this server asks of addresses that somebody gave it: which of them it may connect to at all."""
