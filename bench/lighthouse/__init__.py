"""What Lighthouse says of the page of a room."""
