"""The command line: each command parses, calls one function, prints."""

# The order of these is the order of the commands in the help: look up, count, hand on.
# isort: off
from stancegraph.cli import lookups, networks, exchange  # noqa: F401
from stancegraph.cli.program import app

__all__ = ["app"]
