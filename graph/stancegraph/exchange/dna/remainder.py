"""What of a file of DNA has no place in a graph: rows that hang on nothing, tables and columns that are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stancegraph.exchange.dna.schema import ATTRIBUTES, KINDS, MORE, NEEDED, Columns, has, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

WHY: Final = {
    "CODERS": "coders are numbered here, not named",
    "SETTINGS": "they are of the program, not of the coding",
    "STATEMENTLINKS": "links between statements have no counterpart here",
}
"""Table → why it is not read."""
HANGING: Final = (
    (
        "entity",
        "of variables of another statement type",
        "ENTITIES e JOIN VARIABLES v ON v.ID = e.VariableId WHERE v.StatementTypeId != :type",
    ),
    (
        "entity",
        "of no variable",
        "ENTITIES WHERE (VariableId IN (SELECT ID FROM VARIABLES)) IS NOT TRUE",
    ),
    (
        "statement",
        "of no statement type",
        "STATEMENTS WHERE (StatementTypeId IN (SELECT ID FROM STATEMENTTYPES)) IS NOT TRUE",
    ),
    (
        "statement",
        "its document is not in the file",
        "STATEMENTS WHERE StatementTypeId = :type AND (DocumentId IN (SELECT ID FROM DOCUMENTS)) IS NOT TRUE",
    ),
)
"""Noun, why, and the rows that are so."""
COUNT: Final = "SELECT count(*) FROM "
VALUES: Final = (
    "{table} d WHERE NOT EXISTS (SELECT 1 FROM STATEMENTS s JOIN VARIABLES v ON v.StatementTypeId = "
    "s.StatementTypeId WHERE s.ID = d.StatementId AND v.ID = d.VariableId AND v.DataType = '{kind}')"
)
OF_NOTHING: Final = (
    "ATTRIBUTEVALUES WHERE AttributeValue != '' AND (EntityId IN (SELECT ID FROM ENTITIES) "
    "AND AttributeVariableId IN (SELECT ID FROM ATTRIBUTEVARIABLES)) IS NOT TRUE"
)


def counts(
    connection: sqlite3.Connection, there: Columns, statement_type: int
) -> Iterator[tuple[str, str, int]]:
    """Noun, why it is left out, and how many, beside the statements of other types."""
    wanted = list(HANGING)
    for kind, table in KINDS.items():
        why = f"in {table}, of no statement or no {kind} of its statement type"
        wanted.append(("value", why, VALUES.format(table=table, kind=kind)))
    if has(there, ATTRIBUTES):
        wanted.append(("attribute", "of no entity, or without a name", OF_NOTHING))
    for noun, why, rest in wanted:
        (number,) = connection.execute(COUNT + rest, {"type": statement_type}).fetchone()
        yield noun, why, number
    for table, names in there.items():
        (number,) = connection.execute(COUNT + quoted(table)).fetchone()
        if why := _unread(table, names, attributes=has(there, ATTRIBUTES)):
            yield f"row of {table}", why, number


def _unread(table: str, names: Mapping[str, str], *, attributes: bool) -> str:
    """Why a table, or which of its columns, is not read; empty where all of it is."""
    if table.startswith("SQLITE_"):
        return ""
    read = {*NEEDED.get(table, ()), *MORE.get(table, ()), *(ATTRIBUTES.get(table, ()) if attributes else ())}
    if not read:
        return WHY.get(table, "the table has no place in the graph")
    known = {
        "ID",
        *(name.upper() for name in read),
        *(["VARIABLEID"] if table == "ATTRIBUTEVARIABLES" else []),
    }
    others = [name for key, name in names.items() if key not in known]
    return f"without what stands in {', '.join(others)}" if others else ""
