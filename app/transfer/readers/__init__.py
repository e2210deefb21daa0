"""One reader a format: a file becomes a stream of records, see app/transfer/records.py."""
