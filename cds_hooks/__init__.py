"""The CDS Hooks service: discovery, hook calls, explanations, guidance pages and the demonstration."""
