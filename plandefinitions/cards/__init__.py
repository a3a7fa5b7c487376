"""CDS Hooks 2.0 cards from applied plans."""

from plandefinitions.cards.cards import Card, cards_of

__all__ = ["Card", "cards_of"]
