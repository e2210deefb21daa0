"""`python -m …` without its imports, which take most of a start: a process that has them already is forked for each.

`server.py` is that process, one for each process of tests; `process.py` is what tests get.
"""
