"""Who is in which room, what they follow there, and up to where they have read."""
