"""What people were refused though it was no fault of theirs, or because they asked too often; never whom, or what."""

from collections import Counter

from app.base.errors import AppError, BadCsrf, BadOrigin, RateLimited

MAX_KINDS = 100  # different ones; what comes beyond that is not counted
_ALSO = (
    RateLimited,
    BadOrigin,
    BadCsrf,
)  # beside what is our fault: many of these mean that something is set up wrongly

refusals: Counter[tuple[str, str]] = Counter()  # of this process: by the code, and the sentence that people read


def count_refusal(error: AppError) -> None:
    """Count what somebody is refused. Who mistyped something, or may not do it, is not counted."""
    if error.http_status < 500 and not isinstance(error, _ALSO):
        return
    kind = error.code, f"{error.message.partition('. ')[0].rstrip('.')}."  # behind it may stand when to try again
    if kind in refusals or len(refusals) < MAX_KINDS:
        refusals[kind] += 1
