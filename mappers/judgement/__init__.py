"""From findings to facts: evidence weighed by the rules of the facts' definition."""
