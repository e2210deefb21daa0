"""A letter: plain text for one address. Pure."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str

    def as_message(self, sender: str) -> EmailMessage:
        """What a mail server takes.

        Raises:
            ValueError: a line end in an address or in the subject, which would begin a header of the writer's choice.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, self.to, self.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody answers it by a machine
        message.set_content(self.text)
        return message
