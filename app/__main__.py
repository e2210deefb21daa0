"""`python -m app`: the command line, imported without the garbage collector, as all that it brings stays."""

import gc


def _run() -> None:
    gc.disable()
    from app.command_line import main

    gc.freeze()
    gc.enable()
    main(prog_name="python -m app")


if __name__ == "__main__":
    _run()
