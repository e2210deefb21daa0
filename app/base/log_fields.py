"""What a line of the log says beside its message."""


def fields(**values: object) -> dict[str, object]:
    """Key and value pairs: `log.info("signed up", extra=fields(user=3))`; `process/logs.py` writes them."""
    return {"fields": values}
