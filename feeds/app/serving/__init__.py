"""Serving: all that `feeds serve` puts together."""
