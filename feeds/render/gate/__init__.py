"""The publish gate: documents held against the rules of their formats.

Atom by RFC 4287 (its schema, and what that leaves to prose), RSS by the specification and the profile, JSON Feed by a
JSON Schema. Nothing is fetched; the same bytes at the same time give the same breaches.
"""

from feeds.render.gate.document import judge as judge
