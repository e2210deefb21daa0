"""What an operator does with the command line beside serving."""

from app.operating import carrying, chat, keeping, looking, people, rooms

COMMANDS = (
    *(looking.doctor, looking.stats, looking.log),
    *(people.users, people.sessions, people.invite, people.invitations),
    *(rooms.rooms, rooms.reports, chat.settings),
    *(keeping.backup, keeping.restore, keeping.upgrade_database, keeping.epoch_group),
    *(carrying.import_command, carrying.export_command),
)
