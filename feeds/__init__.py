"""An RSS and Atom feed publisher and aggregator: posts and feeds in, category feeds out."""

__version__ = "0.1.0"
