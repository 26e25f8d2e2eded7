"""Words: what a text says, how it is written, what a search asks of it."""
