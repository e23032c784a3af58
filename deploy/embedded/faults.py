"""The one way in which the embedded profile says that it cannot go on."""


class CannotStart(Exception):
    """A start that cannot succeed: one line that says what is wrong, and one that says how to cure it."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} → {cure}")
        self.what = what
        self.cure = cure
