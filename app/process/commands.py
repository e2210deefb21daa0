"""How the command line takes what is typed: a signal stops it, and what a user has to mend is a sentence."""

from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from app.base.errors import BadConfig
from app.process.stopping import Stopping


class Refusal(click.ClickException):
    """What a user has to mend, as a sentence."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Commands(click.Group):
    """Serves when no command is named; what is wrong is a sentence, not a traceback. In the order of their making."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        stopping = ctx.obj = Stopping()
        stopping.install()
        try:
            return super().invoke(ctx)
        except BadConfig as error:
            raise Refusal(error.message) from error
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            how = f"`{error.ctx.command_path} --help` shows how it is used." if error.ctx else ""
            raise Refusal(f"{error.format_message()} {how}") from error
