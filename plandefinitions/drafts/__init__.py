"""Draft orders: the request resources that ActivityDefinitions describe."""
