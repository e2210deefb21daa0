"""What the page of imports refuses."""

from app.base.errors import AppError


class Busy(AppError):
    code = "import_runs"
    http_status = 409
    default_message = "An import runs. Wait until it has ended."


class NothingHere(AppError):
    code = "no_export"
    http_status = 409
    default_message = "There is no whole file here. Send it first."


class NoSpace(AppError):
    code = "disk_full"
    http_status = 507
    default_message = "The disk of the server has no room for this file. Make some, or use the command line."


class NoFolder(AppError):
    code = "no_folder"
    http_status = 507
    default_message = "The server may not write to its data folder, so nothing can be sent to it. Use the command line."


class SameName(AppError):
    code = "same_name"
    http_status = 409
