"""The fields of a posted form, as text that can be stored."""

from aiohttp import web

from app.base.errors import BadCommand

FORM_TYPE = "application/x-www-form-urlencoded"


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
