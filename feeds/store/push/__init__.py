"""Push: who subscribed to our feeds, and which hubs push to us."""
