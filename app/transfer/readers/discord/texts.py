"""What Discord's markup becomes in Parley's. Pure."""

import re
from collections.abc import Collection, Container, Sequence
from functools import cached_property

from app.transfer import mentions
from app.transfer.readers import markup
from app.transfer.readers.discord.shapes import Account, Embed, Forwarded, Posted
from app.transfer.readers.inline import no_call
from app.transfer.readers.times import at_seconds

_SIGN = re.compile(
    r"<@!?(?P<person>\d+)>|<#(?P<room>\d+)>|<@&(?P<role>\d+)>|<a?:(?P<emoji>\w+):\d+>"
    r"|<t:(?P<time>-?\d{1,11})(?::\w)?>|</(?P<command>[^:>\n]+):\d+>|(?<![\w@])@(?:everyone|here)(?!\w)"
)
_UNSEEN = " \u200b"  # what a field has that is to have no name or no value
_QUOTE_TO_END = re.compile("^>>> ", re.MULTILINE)


class Roles:
    """The roles of a server, by id: a mention of one is none of a person who has that name here.

    `names` are complete before any text is converted.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    @cached_property
    def _flat(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.@/-]){_any_of(self.names.values())}")

    def called(self, key: str) -> str | None:
        """What stands for the mention of a role; None of one that is not known."""
        return no_call(self.names[key]).text if key in self.names else None

    def guarded(self, text: str) -> str:
        """A text in which the exporter may have written names of roles in place of their ids."""
        return self._flat.sub(lambda found: no_call(found[1]).text, text) if self.names and "@" in text else text


class Names:
    """What the signs of one message stand for. `called` are those whom the export says that it mentions."""

    def __init__(self, rooms: Container[str], roles: Roles, called: Sequence[Account]) -> None:
        self._rooms, self._roles = rooms, roles
        self._called = _unambiguous(called)
        self._flat = re.compile(_any_of(self._called)) if self._called else None

    def converted(self, text: str) -> str:
        """A text in Parley's markup."""
        if quoted := markup.first_outside_code(text, _QUOTE_TO_END):
            return self.converted(text[: quoted.start()]) + markup.quote(self.converted(text[quoted.end() :]))
        return markup.outside_code(text, self._outside_code)

    def _outside_code(self, text: str) -> str:
        text = _SIGN.sub(self._one, markup.without_brackets(text))
        text = self._flat.sub(lambda found: mentions.person(self._called[found[1]]), text) if self._flat else text
        return self._roles.guarded(text)

    def _one(self, found: re.Match[str]) -> str:
        match found.lastgroup:
            case "person":
                return mentions.person(found["person"])
            case "room":
                return mentions.room(found["room"]) if found["room"] in self._rooms else found[0]
            case "role":
                return self._roles.called(found["role"]) or found[0]
            case "emoji":
                return f":{found['emoji']}:"
            case "time":
                at = at_seconds(int(found["time"]))
                return f"{at:%Y-%m-%d %H:%M} UTC" if at else found[0]
            case "command":
                return f"/{found['command']}"
            case _:
                return "@all"


def _any_of(names: Collection[str]) -> str:
    return rf"@({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)"


def _unambiguous(called: Sequence[Account]) -> dict[str, str]:
    """Whom each name means that the exporter may have written in place of an id; not those that mean two."""
    meant: dict[str, set[str]] = {}
    for user in called:
        for name in {user.nickname, user.name} - {None, ""}:
            meant.setdefault(str(name), set()).add(user.id)
    return {name: ids.pop() for name, ids in meant.items() if len(ids) == 1}


def text_of(posted: Posted, names: Names) -> str:
    """What a message says; what it forwards is a quote."""
    parts = [names.converted(mentions.typed(each)) for each in _said(posted, is_program=posted.author.is_bot)]
    if posted.forwarded_message and (inside := _said(posted.forwarded_message, is_program=False)):
        parts.append(markup.quote(names.converted(mentions.typed("\n".join(inside)))))
    return "\n".join(parts)


def _said(posted: Posted | Forwarded, *, is_program: bool) -> list[str]:
    """A text, what programs wrote into embeds (those of people are previews of links, beside a text), and stickers."""
    embeds = (posted.embeds or ()) if is_program or not posted.content else ()
    stickers = (f":{sticker.name}:" for sticker in posted.stickers or ())
    return [part for part in (posted.content, *map(_of_embed, embeds), *stickers) if part]


def _of_embed(embed: Embed) -> str:
    """What a program wrote into an embed instead of into the text."""
    lines = [
        embed.author.name if embed.author else "",
        markup.link(embed.title, embed.url or "") if embed.title else "",
    ]
    lines.append(embed.description)
    for field in embed.fields or ():
        lines.append(": ".join(part for part in (field.name, field.value) if part and part.strip(_UNSEEN)))
    for picture in filter(None, (*(embed.images or (embed.image,)), embed.thumbnail)):
        lines += [each for each in (picture.canonical_url, picture.url) if each and "://" in each][:1]
    lines.append(embed.footer.text if embed.footer else "")
    return "\n".join(line for line in lines if line)
