"""What the project is checked with; no part of the product."""
