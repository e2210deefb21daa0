"""Whether there is more in a picture than what one sees of it."""
