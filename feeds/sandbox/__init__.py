"""Reading feeds of which nobody knows whether they are hostile: apart, within bounds of time and memory."""

from feeds.sandbox.reader import Limits, Sandbox

__all__ = ["Limits", "Sandbox"]
