"""Conversations in and out: `import` and `export`."""

from pathlib import Path

import click

from app.base.config import FilesConfig
from app.base.errors import BadConfig
from app.operating.doing import do
from app.operating.opening import opened, past_pooler
from app.process.processes import give_way
from app.process.progress import Progress

MAP_HELP = "What mongo's export calls a collection or field, such as messages.msg=body.text. Repeat it for each."


@click.command(name="import")
@click.argument("form", metavar="FORMAT")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--source", help="What this chat is called in later imports (FORMAT), where there are several of one.")
@click.option("--map", "maps", multiple=True, metavar="OURS=THEIRS", help=MAP_HELP)
@click.option("--dry-run", is_flag=True, help="Only show what would come.")
@click.option("--json", "report_path", type=click.Path(path_type=Path), help="Write the counts to this file, too.")
@click.option("--each-step", is_flag=True, hidden=True, help="A line for everything that is shown: for programs.")
def import_command(
    form: str,
    path: Path,
    source: str | None,
    maps: tuple[str, ...],
    dry_run: bool,
    report_path: Path | None,
    each_step: bool,
) -> None:
    """Bring in what another chat wrote.

    FILE is its export. Run again, it goes on, and adds what is new.
    """
    from app.transfer import command_line

    if form not in command_line.FORMATS:
        raise BadConfig(f"“{form}” is no format that Parley reads: take one of {', '.join(command_line.FORMATS)}.")
    config, line = FilesConfig.from_env(), command_line.Line(each=each_step)
    with opened(config, Progress(), join=True) as (url, _):
        give_way()  # to those who chat meanwhile
        report = command_line.bring_in(
            *(config, past_pooler(config, url)),
            form=form,
            path=path,
            source=source or form,
            maps=maps,
            is_dry=dry_run,
            show=line,
        )
    line.end()
    click.echo(report.as_table())
    if report_path is not None:
        command_line.write_json(report, report_path)


@click.command(name="export")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--with-passwords", is_flag=True, help="Also what is stored of passwords: keep such a file safe.")
def export_command(path: Path, with_passwords: bool) -> None:
    """Write the whole chat with its files into a zip.

    `import jsonl` takes FILE back.
    """
    from app.transfer import command_line

    def write(config: FilesConfig, url: str) -> str:
        written = command_line.take_out(config, past_pooler(config, url), path, with_passwords=with_passwords)
        return f"{path} has the whole chat now: {written:,} bytes."

    do(write)
