"""Partners: what was agreed with them, and how they are told."""
