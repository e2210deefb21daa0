"""What every part may use: the settings, the errors, the rules of text. Imports nothing else of Parley."""
