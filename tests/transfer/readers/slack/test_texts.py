"""Slack's mrkdwn and blocks in Parley's markup."""

from typing import Any

import pytest

from app.chat.markup.mentions import called
from app.transfer.readers.slack.blocks import blocks_in
from app.transfer.readers.slack.mrkdwn import blocks_of
from app.transfer.readers.slack.names import Names
from app.transfer.readers.styled import styled
from tests.transfer.readers.slack.exports import rich, section, text

ALICE, GENERAL = "\ue000U1\ue001", "\ue002C1\ue003"


def names() -> Names:
    found = Names()
    found.people, found.rooms = {"U1"}, {"C1"}
    return found


def of_text(typed: str) -> str:
    return styled(blocks_of(typed, names()))


def of_blocks(*elements: dict[str, Any]) -> str:
    return styled(blocks_in(rich(*elements), names()))


@pytest.mark.parametrize(
    ("typed", "markup"),
    [
        ("*b* _i_ ~s~ `c`", "**b** _i_ ~~s~~ `c`"),
        ("*b _both_ b*", "**b _both_ b**"),
        ("un*bold*ed, snake_case_name, 2*3*4, * x *", "un*bold*ed, snake_case_name, 2*3*4, * x *"),
        ("*over\nlines*", "\u2060*over\nlines*"),
        ("(*b*)", "(**b**)"),
        ("**typed**", "\u2060**typed**"),
        ("a &lt;@U1&gt; &amp;lt; b", "a <@U1> &lt; b"),
        ("<@U1> and <@U1|alice>", f"{ALICE} and {ALICE}"),
        ("<@U5|eve>s", "\ue000U5\ue001\u2060s"),
        ("<#C1|general> <#C1> <#C7|other> <#C8>", f"{GENERAL} {GENERAL} #other #C8"),
        ("<!here> <!channel> <!channel|@channel> <!everyone> <!group>", "@all @all @all @all @all"),
        ("<!subteam^S1|@ops> <!subteam^S2>", "@\u2060ops @\u2060S2"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("<!date^1392734382^{date}>", "2014-02-18 14:39 UTC"),
        ("<!date^1392734382^{date}^https://example.org/|then>", "[then](https://example.org/)"),
        ("<https://example.org|a|b>", "[a|b](https://example.org)"),
        ("<https://example.org/?a=1&amp;b=2>", "https://example.org/?a=1&b=2"),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("<http://example.org|example.org>", "[example.org](http://example.org)"),
        ("*<https://example.org|x>*", "**[x](https://example.org)**"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("<b>not ours</b>", "<b>not ours</b>"),
        ("x ```a *b*\n  &lt;c&gt;``` y", "x \n```\na *b*\n  <c>\n```\n y"),
        ("```<https://example.org>```", "```\nhttps://example.org\n```"),
        ("`<@U1> *x*`", "`<@U1> *x*`"),
        ("&gt; quoted\n&gt; *too*\nnot", "> quoted\n> **too**\nnot"),
        ("first\n&gt;&gt;&gt; all\nthe rest", "first\n> all\n> the rest"),
        ("```\n&gt;&gt;&gt; 1 + 1\n2\n```\nso", "```\n>>> 1 + 1\n2\n```\nso"),
        ("`a`\n&gt;&gt;&gt; b\n&gt;&gt;&gt; c", "`a`\n> b\n> >>> c"),
        (":+1::skin-tone-3: :flag-ua: :simple_smile:", "👍🏼 🇺🇦 🙂"),
        (":bowtie: at 10:30:45 `:+1:`", ":bowtie: at 10:30:45 `:+1:`"),
        ("• one\n    ◦ two", "• one\n    ◦ two"),
        ("- one\n- two", "- one\n- two"),
        ("a\ue000U1\ue001", "aU1"),
    ],
)
def test_text_becomes_markup(typed: str, markup: str) -> None:
    assert of_text(typed) == markup


def test_what_was_typed_calls_nobody_that_slack_did_not_call() -> None:
    assert called(of_text("&lt;@U1&gt; <!subteam^S1|@alice>")) == ()
    assert called(of_text("<!here>")) == ("all",)


def test_a_bot_may_switch_marks_off() -> None:
    assert styled(blocks_of("*a* <@U1> :+1:", names(), has_marks=False)) == f"\u2060*a* {ALICE} 👍"


def list_of(style: str, *items: str, **fields: int) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": style, "elements": [section(text(each)) for each in items], **fields}


def test_lists_in_lists_are_siblings_and_numbers_go_on() -> None:
    markup = of_blocks(
        section(text("see:\n")),
        list_of("ordered", "one", indent=0),
        list_of("bullet", "a", "b", indent=1),
        list_of("ordered", "two", "three", indent=0, offset=1),
        list_of("ordered", "x", indent=1),
        section(text("after")),
    )

    assert markup == "see:\n1. one\n  - a\n  - b\n2. two\n3. three\n  1. x\nafter"


@pytest.mark.parametrize(
    ("element", "markup"),
    [
        (text("a < b &amp; *c* <@U1>"), "a < b &amp; \u2060*c* <@U1>"),
        (text("x", bold=True, italic=True, strike=True), "~~**_x_**~~"),
        (text("x", underline=True), "x"),
        (text("a*b", code=True), "`a*b`"),
        ({"type": "user", "user_id": "U1"}, ALICE),
        ({"type": "user", "user_id": "U1", "style": {"bold": True}}, f"**{ALICE}**"),
        ({"type": "channel", "channel_id": "C1"}, GENERAL),
        ({"type": "channel", "channel_id": "C9"}, "#C9"),
        ({"type": "broadcast", "range": "here"}, "@all"),
        ({"type": "usergroup", "usergroup_id": "S1"}, "@\u2060S1"),
        ({"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fc", "skin_tone": 3}, "👍🏼"),
        ({"type": "emoji", "name": "tada"}, "🎉"),
        ({"type": "emoji", "name": "ours"}, ":ours:"),
        ({"type": "link", "url": "https://example.org/", "text": "x"}, "[x](https://example.org/)"),
        ({"type": "link", "url": "https://example.org/"}, "https://example.org/"),
        ({"type": "date", "timestamp": 1392734382, "format": "{date}", "fallback": "Feb 18"}, "Feb 18"),
        ({"type": "color", "value": "#ff0000"}, "#ff0000"),
        ({"type": "canvas", "file_id": "F1"}, "F1"),
        ({"type": "to_come", "text": "said"}, "said"),
    ],
)
def test_each_element_becomes_markup(element: dict[str, Any], markup: str) -> None:
    assert of_blocks(section(element)) == markup


def test_quotes_and_code_are_blocks_and_sections_lines() -> None:
    code = {"type": "rich_text_preformatted", "elements": [text("a `b`\n<c> ```")], "border": 0}
    quote = {"type": "rich_text_quote", "elements": [text("q\n\nr "), text("s", bold=True)]}

    assert of_blocks(section(text("x")), code, quote, section(text("y"))) == (
        "x\n````\na `b`\n<c> ```\n````\n> q\n>\n> r **s**\ny"
    )


def test_the_language_of_code_stands_behind_its_fence() -> None:
    def of_language(name: str) -> str:
        return of_blocks({"type": "rich_text_preformatted", "elements": [text("x")], "language": name})

    assert [of_language(name) for name in ("c++", "no name\n`")] == ["```c++\nx\n```", "```\nx\n```"]


def test_the_blocks_of_bots_are_read() -> None:
    found = names()
    cell = rich(section(text("H", bold=True)))[0]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
        {"type": "divider"},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*ok* &lt;3 <@U1>"},
            "fields": [plain("a & b :tada:")],
            "accessory": {"type": "image", "image_url": "https://example.org/b.png", "alt_text": "a cat"},
        },
        {"type": "video", "title": plain("Film"), "title_url": "https://example.org/v", "description": plain("Long")},
        {"type": "context", "elements": [{"type": "image", "image_url": "x"}, {"type": "mrkdwn", "text": "_c_"}]},
        {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a chart"},
        {"type": "actions", "elements": [{"type": "button", "text": plain("Go")}]},
        {"type": "table", "rows": [[cell, {"type": "raw_text", "text": "2"}], [cell]]},
        {"type": "call"},
        *rich(section(text("one"))),
        *rich(section(text("two"))),
    ]

    assert styled(blocks_in(blocks, found)) == (
        "**Deploy**\n"
        f"**ok** <3 {ALICE}\na & b 🎉\n[a cat](https://example.org/b.png)\n[Film](https://example.org/v)\nLong\n"
        "_c_\n[a chart](https://example.org/a.png)\n**H** | 2\n**H**\none\ntwo"
    )
    assert found.left_out == {
        "parts of messages of a kind that is unknown": 1,
        "small pictures beside what programs wrote": 1,
        "buttons and fields to fill in, of programs": 1,
    }


def test_the_markdown_of_a_block_is_read_as_such_beside_others() -> None:
    block = {
        "type": "markdown",
        "text": "# Plan\n**ours** is <https://example.org/> and `a*b*`\n>so\n- [x](https://e.org/)",
    }

    assert styled(blocks_in([block, *rich(section(text("*typed*")))], names())) == (
        "# Plan\n**ours** is https://example.org/ and `a*b*`\n> so\n- [x](https://e.org/)\n\u2060*typed*"
    )


def test_an_emoji_of_a_block_has_its_skin_tone_with_or_without_code_points() -> None:
    waving = {"type": "emoji", "name": "wave", "skin_tone": 4}

    assert of_blocks(section(waving, {**waving, "unicode": "1f44b-1f3fd"}, {**waving, "name": "tada"})) == "👋🏽👋🏽🎉"


def plain(typed: str) -> dict[str, str]:
    return {"type": "plain_text", "text": typed}
