"""Who said what, about whom, when, and where is it written.

>>> from stancegraph import statements, store
>>> graph = store.open()
>>> for statement in statements.said(graph, actor="khazali"):
...     print(statement.date, statement.gist)  # doctest: +ELLIPSIS
2025-03-08 ...
"""

__version__ = "0.1.0"
