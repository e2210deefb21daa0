"""The words of all messages in one index: written right behind the messages, asked segment by segment."""
