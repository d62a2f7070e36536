"""The command line: each command parses, calls one function, prints."""

from stancegraph.cli import networks, places, words
from stancegraph.cli.root import app

__all__ = ["app", "networks", "places", "words"]
