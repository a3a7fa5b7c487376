"""Content while it is served: what is active, and its replacement when its files change."""

from cds_hooks.content.active import ActiveContent, Refusal, Reloaded, Served
from cds_hooks.content.watcher import ContentWatcher

__all__ = ["ActiveContent", "ContentWatcher", "Refusal", "Reloaded", "Served"]
