"""What can be wrong with a guideline's content or settings."""


class ContentError(ValueError):
    """The content is not what its README asks for; the message names the file, the fault and the mend."""


class SettingsError(ValueError):
    """A setting that the guideline does not have; the message names those it has."""
