"""Publishing: what a channel's documents say, as far as they reach."""
