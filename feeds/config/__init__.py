"""feeds.yaml: read with every fault at once, written with its comments kept, begun from what stands elsewhere."""

from feeds.config.read import read, read_with_warnings

__all__ = ["read", "read_with_warnings"]
