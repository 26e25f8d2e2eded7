"""The one way out: a polite HTTP client that cannot be led to private places, kept waiting, or flooded."""

from feeds.net.client import Answer, Client
from feeds.net.trip import Limits, stopping

__all__ = ["Answer", "Client", "Limits", "stopping"]
