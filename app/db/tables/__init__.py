"""The tables, a file for each part of Parley that has some; `app.db.schema` has them all."""
