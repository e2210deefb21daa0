"""The process itself: how it starts, serves, logs, stops and is started again."""
