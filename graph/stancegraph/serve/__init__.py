"""One local service over a graph: its page, every entry at an address, its rows as JSON, a SPARQL endpoint.

run              answer until it is stopped
application      the same as an ASGI application, to mount elsewhere

It listens on loopback unless told otherwise, reads only, and asks nothing of the network. What is asked of it is
computed in workers that are killed when they are late (`store.worker`): what is not answered in a tenth of a second
waits behind what is, so that no question holds up another. The page of a small graph is drawn before the address is
told, that of a large one meanwhile; it is kept in the user's cache folder (`live`) for the next start.
"""

from __future__ import annotations

from stancegraph import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(__name__, {"server": "run", "": "application"})
