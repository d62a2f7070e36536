"""The flat table drawn anew: other statements, other documents, or the same codings where some are wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stancegraph.errors import UsageError

if TYPE_CHECKING:
    import random

    from stancegraph.table.columns import Table


def resample_statements(table: Table, chance: random.Random) -> Table:
    """The rows of as many statements as there are, drawn with replacement: all, some twice, some not at all."""
    statements = table.statement.present().tolist()
    times = np.zeros(len(table.statement.values), np.int64)
    np.add.at(times, chance.choices(statements, k=len(statements)), 1)
    return table[np.repeat(np.arange(len(table)), times[table.statement.codes])]


def resample_documents(table: Table, chance: random.Random) -> Table:
    """The same of documents: statements of one stay together, the cluster bootstrap.

    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    documents, code = np.unique(table.buckets_of_documents(), return_inverse=True)
    times = np.zeros(len(documents), np.int64)
    np.add.at(times, chance.choices(range(len(documents)), k=len(documents)), 1)
    return table[np.repeat(np.arange(len(table)), times[code])]


def draw_codings(table: Table, chance: np.random.Generator, disagreement: float = 0.0) -> Table:
    """The rows whose coding is right in this draw: a statement's are, up to their confidence, right or wrong together.

    With `disagreement` that share of the rows left takes another level, drawn as often as the table has it: how a
    second coder would have coded them. Raises UsageError for a share outside 0..1.
    """
    if not 0 <= disagreement <= 1:
        raise UsageError(f"--disagreement {disagreement}: give a share from 0 to 1")
    drawn = table[chance.random(len(table.statement.values))[table.statement.codes] < table.confidence]
    levels, number = np.unique(table.level, return_counts=True)
    if not disagreement or len(levels) < 2:
        return drawn
    odds = np.tile(number.astype(float), (len(levels), 1))
    np.fill_diagonal(odds, 0)
    up_to = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    own = np.searchsorted(levels, drawn.level)
    other = (up_to[own] < chance.random((len(drawn), 1))).sum(axis=1)
    turned = chance.random(len(drawn)) < disagreement
    return replace(drawn, level=np.where(turned, levels[np.minimum(other, len(levels) - 1)], drawn.level))
