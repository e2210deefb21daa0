"""How long Parley takes to start, and to start again."""
