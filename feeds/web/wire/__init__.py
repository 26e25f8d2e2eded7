"""Wire: HTTP itself, without a word about feeds but RFC 3229."""
