"""Reading files: who may, which part of them, and with which headers."""
