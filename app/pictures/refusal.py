"""Why a picture is not shown."""

MOST_PIXELS = 50_000_000  # of one picture; phones take up to 48 million without asking


class NotShowable(Exception):
    """A picture that is not decoded; its sentence says why, for the one who gave it."""


class Damaged(NotShowable):
    """Not what its first bytes promise, or cut off."""

    def __init__(self) -> None:
        super().__init__("This picture is damaged or incomplete.")


class TooManyPixels(NotShowable):
    """More pixels than are decoded."""

    def __init__(self) -> None:
        super().__init__(f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels.")


class TooManyFrames(NotShowable):
    """An animation of more pixels, in all its frames, than are decoded."""

    def __init__(self) -> None:
        super().__init__("This animation is too long to be shown.")


class TooSlow(NotShowable):
    """Not decoded within the time that a picture has."""

    def __init__(self) -> None:
        super().__init__("This picture takes too long to read.")


class TooLarge(NotShowable):
    """Not decoded within the memory that a picture has."""

    def __init__(self) -> None:
        super().__init__("This picture takes too much memory to read.")


REFUSALS = {each.__name__: each for each in (Damaged, TooManyPixels, TooManyFrames, TooSlow, TooLarge)}
