"""The flat table of stances: one row per statement, speaker and target; every network is made of it.

stances    the table of a store, filtered; of    the table of anybody's own rows
Table      the rows by columns, oldest first, with the store and the filters they came from
Scale      what the level of a row can be: the polarity, or a coded variable
"""

from stancegraph.table.arrays import Column
from stancegraph.table.columns import DUPLICATES, Reports, Table, of
from stancegraph.table.scales import POLARITY, Scale
from stancegraph.table.selection import stances

__all__ = ["DUPLICATES", "POLARITY", "Column", "Reports", "Scale", "Table", "of", "stances"]
