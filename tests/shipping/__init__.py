"""What goes to others: an image, a slug."""
