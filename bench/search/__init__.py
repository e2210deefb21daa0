"""Search in ten million messages: how fast it answers, what it costs, and how others do on the same messages."""
