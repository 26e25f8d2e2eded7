"""Bringing out what was published: files to a folder, pings to hubs."""
