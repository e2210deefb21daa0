"""The tables in which messages of an import wait, and what is done with those that are here already."""
