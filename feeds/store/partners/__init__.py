"""Partners: who holds what, and what they are owed."""
