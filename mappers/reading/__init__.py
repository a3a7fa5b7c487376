"""From resources to findings: one reader for each resource type that can matter."""
