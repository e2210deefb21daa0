"""What is refused about rooms, and nowhere else."""

from app.base.errors import AppError


class BadRetention(AppError):
    code = "bad_retention"
    http_status = 422
    default_message = "Messages stay for 1 to 3650 days, or for ever."
