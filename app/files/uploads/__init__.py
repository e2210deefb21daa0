"""Bytes on their way here: resumable uploads by the tus protocol."""
