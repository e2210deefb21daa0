"""What goes over the socket: commands from the page, events to it."""
