"""What is searched: a thousand rooms with ten million messages, and four people who are in some of them."""
