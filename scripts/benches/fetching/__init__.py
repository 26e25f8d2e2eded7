"""The parts of the bench of fetching: a server, and the clients that are measured."""
