"""The steps of a start, shown as they happen."""

import sys
import time

import click


class Progress:
    """Prints a line a step: in a terminal with its time once it is done, else plainly as it begins."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._begun: float | None = None

    def step(self, what: str) -> None:
        """Begin a step, which ends the one before."""
        self.done()
        click.echo(f"{what} … ", nl=not self._is_terminal)
        self._begun = time.monotonic()

    def done(self) -> None:
        """End the last step."""
        if self._begun is not None and self._is_terminal:
            click.echo(f"done ({time.monotonic() - self._begun:.1f} s)")
        self._begun = None
