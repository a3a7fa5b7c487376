"""Server-rendered pages: one Jinja environment, static files, Markdown without HTML."""

from cds_hooks.pages.render import page, static_files

__all__ = ["page", "static_files"]
