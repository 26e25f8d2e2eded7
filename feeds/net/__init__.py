"""The one way out: a polite HTTP client that cannot be led to private places, kept waiting, or flooded.

`guard` decides; two ways carry what it allows: `Client` (requests) one journey at a time in the caller's thread,
`Multi` (libcurl) many at a time in one thread, for polling at volume.
"""

from feeds.net.body import Said
from feeds.net.client import Client
from feeds.net.guard import Answer, Guard, Hop, Journey, Limits, Request
from feeds.net.trip import stopping

__all__ = ["Answer", "Client", "Guard", "Hop", "Journey", "Limits", "Request", "Said", "stopping"]
