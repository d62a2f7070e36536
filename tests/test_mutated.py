"""Whatever is read is mutated by chance; every command is an answer or one line: `scripts/attack` tries for longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import attacks
import held
import mutating

FEW = {"graphs": 12, "codings": 15, "edges": 15, "imports": 15, "queries": 40}
"""How many cases the suite tries of each kind: seconds."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with mutating.serve() as address:
        yield address


def hold(attack: attacks.Attack, chance: Random) -> None:
    with TemporaryDirectory() as folder:
        for ended in attack(chance, Path(folder)):
            assert not (fault := held.fault(ended)), f"{fault}: {ended}"


@pytest.mark.parametrize("kind", attacks.FILES)
def test_commands_hold_whatever_file_or_query_they_are_given(kind: str) -> None:
    @settings(max_examples=FEW[kind], suppress_health_check=list(HealthCheck))
    @given(st.randoms())
    def every(chance: Random) -> None:
        hold(attacks.FILES[kind], chance)

    every()


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms())
def test_commands_hold_whatever_rows_an_endpoint_answers(server: str, chance: Random) -> None:
    hold(attacks.endpoint(server), chance)


@pytest.mark.parametrize(
    ("command", "code", "out", "err", "fault"),
    [
        ("said", 0, "a\tb\n", "a note\n", ""),
        ("said", 3, "", "a note\nerror: no\n", ""),
        ("check", 1, "finding\n", "", ""),
        ("said", 1, "", "", "exit code 1"),
        ("check", 4, "", "", "exit code 4"),
        ("check", -11, "", "", "exit code -11"),
        ("said", 3, "", "", "0 lines of error"),
        ("said", 0, "", "error: no\n", "1 lines of error"),
        ("said", 3, "", "error: no\nerror: no\n", "2 lines of error"),
        ("said", 3, "", "error: no,\nnever\n", "runs over its line"),
        ("said", 3, "", "Traceback (most recent call last)\nerror: no\n", "not foreseen"),
        ("said", 3, "", "error: this is a bug of stancegraph: KeyError\n", "not foreseen"),
        ("said", 0, "\x1b[31mred\n", "", "control character on stdout"),
        ("said", 0, "a\x9b", "", "control character on stdout"),
        ("said", 0, "", "a\rb\n", "control character on stderr"),
    ],
)
def test_what_no_command_may_do_is_told(command: str, code: int, out: str, err: str, fault: str) -> None:
    found = held.fault(held.Ended(["stancegraph", command], code, out, err))
    assert fault in found
    assert bool(found) == bool(fault)
