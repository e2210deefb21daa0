"""A run: the processes that are started, the faults that strike them, what comes out."""
