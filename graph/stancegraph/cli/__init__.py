"""The command line: each command parses, calls one function, prints."""

from stancegraph.cli import exchange, lookups, networks  # noqa: F401  they announce their commands
from stancegraph.cli.root import app

__all__ = ["app", "networks", "places", "words"]
