"""The command line beside serving."""
