"""What the measurements use: servers, load, people, readers, rooms that are full already."""
