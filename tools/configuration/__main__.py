"""``python -m tools.configuration``: write docs/configuration.md."""

from tools.configuration.page import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
