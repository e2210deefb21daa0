"""What an export is packed in: a zip with the bytes of files."""
