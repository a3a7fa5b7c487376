"""Text in, mentions out."""

from mappers.text.mention import Mention


def may_matter(text: str) -> bool:
    """Whether a text can hold anything at all that `read` looks for: cheap, and never wrongly no."""
    return bool(text)


def read(text: str) -> tuple[Mention, ...]:
    """What a text says, in the order it says it."""
    return ()
