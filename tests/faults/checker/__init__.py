"""From what the clients saw and what the database holds: whether the promise was kept."""
