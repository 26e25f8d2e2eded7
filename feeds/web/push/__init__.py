"""Push: the way in to our hub, and for the hubs of others."""
