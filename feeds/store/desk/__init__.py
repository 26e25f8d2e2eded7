"""Desk: what its pages show, and who may see them."""
