"""What a file is, and what is made of a picture: without SQL and HTTP."""
