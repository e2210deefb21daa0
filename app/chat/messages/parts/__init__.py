"""What a message carries beside its text: a file for each part, which `app/chat/messages/message.py` puts together."""
