"""The fields of a posted form, as text that can be stored; and what a form shows that was refused."""

from collections.abc import Collection, Mapping

from aiohttp import web

from app.base.errors import AppError, BadCommand, BadForm, Unavailable
from app.db.driver.engine import DATABASE_GONE
from app.web.redirects import retry_after

FORM_TYPE = "application/x-www-form-urlencoded"
# What a form may be refused for and still come back with what was typed.
REFUSALS: tuple[type[Exception], ...] = (AppError, *DATABASE_GONE)


async def form_fields(request: web.Request) -> dict[str, str]:
    """The fields of the form in the body, the first of each name; may be called again.

    Raises:
        BadCommand: not UTF-8; or not a form, where there is a body.
        web.HTTPRequestEntityTooLarge: more than the application's `client_max_size`.
    """
    if request.content_type != FORM_TYPE:
        if request.body_exists:
            raise BadCommand("Forms are sent as " + FORM_TYPE + ".")
        return {}
    # Any other name would do for Python's codecs, some of which make text that is none.
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadCommand("Forms are sent in UTF-8.")
    try:
        form = await request.post()
    except ValueError:
        raise BadCommand("This form is not valid UTF-8.") from None
    return {name: value for name in form if isinstance(value := form[name], str)}


def refused(error: Exception, fields: Mapping[str, str], kept: Collection[str]) -> dict[str, object]:
    """For a form's template: why it was refused, and what was typed in the fields that are `kept`; never passwords."""
    refusal = _as_refusal(error)
    reasons = refusal.reasons if isinstance(refusal, BadForm) else {}
    shown: dict[str, object] = {
        "refusal": None if reasons else refusal.message,
        "reasons": reasons,
        "typed": {name: fields.get(name, "") for name in kept},
    }
    return shown | ({"focus": next(iter(reasons))} if reasons else {})


def with_status(response: web.Response, error: Exception) -> web.Response:
    """The page of a form that was refused, with the status of the refusal."""
    refusal = _as_refusal(error)
    response.set_status(refusal.http_status)
    response.headers.update(retry_after(refusal))
    return response


def _as_refusal(error: Exception) -> AppError:
    return error if isinstance(error, AppError) else Unavailable()
