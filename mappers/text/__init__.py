"""Reads clinical phrases and reports: what they say of sarcoma, its spread and its treatment."""

from mappers.text.mention import Attribute, Mention, Polarity
from mappers.text.reader import read
from mappers.text.vocabulary import may_matter

__all__ = ["Attribute", "Mention", "Polarity", "may_matter", "read"]
