"""Posts: a local file of text becomes an entry."""
