"""What the chat is like: `settings`."""

import click

from app.base.errors import BadConfig
from app.operating.doing import do


@click.group()
def settings() -> None:
    """What this chat is called, and who may come in."""


@settings.command()
def show() -> None:
    """Show the settings of the chat."""
    from app.people import chat_command_line

    do(chat_command_line.shown)


@settings.command(name="set")
@click.option("--name", help="What the chat is called.")
@click.option("--sign-up", type=click.Choice(["open", "invitation"]), help="Who may create an account.")
@click.option("--address", help="What links begin with, such as https://chat.example.org.")
def set_command(name: str | None, sign_up: str | None, address: str | None) -> None:
    """Change the settings of the chat.

    All processes have them within seconds.
    """
    from app.people import chat_command_line

    if name is None and sign_up is None and address is None:
        raise BadConfig("Say what to set: --name, --sign-up or --address.")
    do(lambda config, url: chat_command_line.change(config, url, name=name, sign_up=sign_up, address=address))


@settings.command(name="second-factor")
@click.argument("asked", type=click.Choice(["on", "off"]))
def second_factor(asked: str) -> None:
    """Ask everybody for a second factor, or no more.

    With `on`, who has none is logged out, and sets one up when they log in.
    """
    from app.factors import command_line

    do(lambda config, url: command_line.ask_all(config, url, asked=asked == "on"))
