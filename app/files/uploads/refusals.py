"""What an upload is refused for."""

from app.base.errors import AppError


class TooLarge(AppError):
    code = "too_large"
    http_status = 413


class ServerFull(AppError):
    code = "server_full"
    http_status = 507
    default_message = "This chat has no room for more files. Ask an administrator to make some."


class TooManyUploads(AppError):
    code = "too_many_uploads"
    http_status = 409
    default_message = "You have uploaded many files that are in no message. Send some, or take some away."


class IdTaken(AppError):
    code = "id_conflict"
    http_status = 409
    default_message = "Another file was already uploaded with this id."


class FileInUse(AppError):
    code = "in_use"
    http_status = 409
    default_message = "A message shows this file. Delete the message to delete the file."


class OffsetConflict(AppError):
    """Somebody else, or an earlier try, has sent these bytes; HEAD says where to go on."""

    code = "offset_conflict"
    http_status = 409
    default_message = "The upload goes on at another byte. Ask for the offset, and send from there."


class ChecksumMismatch(AppError):
    """None of these bytes were kept. The status is the protocol's own."""

    code = "checksum_mismatch"
    http_status = 460
    default_message = "These bytes are not those that were sent: their checksum differs. Send them again."


class UnknownVersion(AppError):
    code = "unknown_version"
    http_status = 412
    default_message = "Uploads speak version 1.0.0 of the tus protocol, in the header Tus-Resumable."


class WrongType(AppError):
    code = "wrong_type"
    http_status = 415
    default_message = "Bytes are sent as application/offset+octet-stream."


class Silent(AppError):
    """Nothing came for too long; what came before is kept."""

    code = "timeout"
    http_status = 408
    default_message = "The bytes stopped coming. What came is kept: go on from there."


class Cut(AppError):
    """The connection ended; what came before is kept. Nobody gets this answer."""

    code = "cut"
    http_status = 400
    default_message = "The connection ended before all bytes came."
