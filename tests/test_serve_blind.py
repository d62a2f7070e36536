"""Two coders code one document blind; what differs is settled one by one, and one coding is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from desks import OPENED, Desk, chromium, made, with_article
from serving import Service, serving
from stancegraph import statements, store, validation
from stancegraph.curate import changes, entries
from stancegraph.curate.folder import Folder

__all__ = ["chromium"]

SCORN = "Scorns the plan as worthless"


def code(folder: Folder, document: str, coder: str, **values: str) -> str:
    """The IRI of a statement that a coder made from the command line."""
    given = {"document": document, "date": "2025-03-08", **values}
    with folder.writing():
        change = entries.add(folder, "statement", given, coder=coder)
        changes.apply(folder, change)
    return change.iri


class Blind:
    """The desk of coder 2 over a folder in which coder 1 has coded an article."""

    def __init__(self, service: Service, folder: Folder, document: str, theirs: list[str]) -> None:
        self.service, self.folder, self.document, self.theirs = service, folder, document, theirs
        self.headers = {
            "authorization": "Bearer " + service.address.partition("token=")[2],
            "content-type": "application/json",
        }

    def send(self, act: str, **body: object) -> httpx.Response:
        return self.service.client.post(f"/desk/{act}", content=json.dumps(body), headers=self.headers)

    def get(self, path: str, accept: str = "application/json") -> httpx.Response:
        return self.service.client.get(path, headers={**self.headers, "accept": accept})

    def everything(self) -> str:
        """All that a session can be shown."""
        query = "/sparql?query=SELECT+*+{+?s+?p+?o+}"
        paths = [query, "/api/said", "/api/said?document=" + self.document, "/api/search?words=scorns"]
        paths += [f"/desk/{name}?name={self.document}" for name in ("document", "faults", "overview")]
        found = [self.get(path).text for path in paths]
        found += [
            self.get(path, "text/html").text for path in ("/", f"/document/{self.document}", "/statement/")
        ]
        return "\n".join([*found, self.get(f"/document/{self.document}", "text/turtle").text])


@pytest.fixture(scope="module")
def blind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blind]:
    folder = made(tmp_path_factory.mktemp("blind"))
    document = with_article(folder, "Harbour blind")
    quote = "nothing but a promise on paper"
    theirs = [
        code(folder, document, "1", speaker="Karl Weber", gist=f"{SCORN}.", opposes=OPENED, quote=quote),
        code(
            folder,
            document,
            "1",
            speaker="Ada Lovelace",
            gist=f"{SCORN}, too.",
            quote="We reject any road here",
        ),
    ]
    with serving("--edit", folder.path, "--coder", "2") as running:
        both = Blind(running, folder, document, theirs)
        iri = f"https://mine.example/document/{document}"
        mine = {"document": [iri], "speaker": ["Karl Weber"], "date": ["2025-03-07"], "supports": [OPENED]}
        text = (folder.path / "texts" / f"{document}.txt").read_text("utf-8")
        start = text.index("nothing but a promise")
        marks = [[start, start + len("nothing but a promise on paper")]]
        sent = both.send("add", kind="statement", values={**mine, "gist": ["Says it."]}, marks=marks)
        assert sent.status_code == 200, sent.text
        code(
            folder,
            document,
            "1",
            speaker="Ada Lovelace",
            gist=f"{SCORN} again.",
            quote="We will open the road again",
        )
        yield both


def test_a_coder_is_not_sent_what_another_coded_until_settling_begins(blind: Blind) -> None:
    iri = f"https://mine.example/document/{blind.document}"
    told = blind.everything()
    assert "Says it." in told
    assert SCORN not in told
    assert not any(theirs.rpartition("/")[2] in told for theirs in blind.theirs)
    for act in ("edit", "remove"):
        probed = blind.send(act, entry=blind.theirs[0], document=iri, seen="x", values={"gist": ["x"]})
        assert probed.status_code == 400
        assert SCORN not in probed.text
    assert blind.send("undo").status_code == 400, "the last change was the other coder's"
    refused = blind.send(
        "remove",
        entry="https://mine.example/actor/ada-lovelace",
        seen=blind.get("/desk/entry?iri=https://mine.example/actor/ada-lovelace").json()["seen"],
    )
    assert refused.status_code == 400
    assert "scorns" not in refused.text
    (mine,) = blind.get(f"/desk/document?name={blind.document}").json()["statements"]
    assert mine["name"].endswith("-coder-2"), "no letter added tells that another has the name already"
    assert blind.get(f"/desk/settling?name={blind.document}").status_code == 400
    assert blind.get(f"/desk/document?name={blind.document}").json()["coders"] == ["1", "2"]


def test_differences_are_settled_one_by_one_on_the_desk_and_one_coding_is_left(
    blind: Blind, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    desk = Desk(blind.service, blind.folder, blind.document, context.new_page())
    tab = desk.tab
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.get_by_role("button", name="Settle 1 and 2").click()
    rows = tab.locator("#settling tbody tr")
    rows.first.wait_for()
    told = rows.all_inner_texts()
    assert len(told) == 4, told
    assert "Karl Weber" not in told[0]
    assert f"rejects {OPENED}" in told[0]
    assert f"calls for {OPENED}" in told[0]
    tab.keyboard.press("2")
    tab.locator("#settling td[data-taken]").wait_for()
    assert "2025-03-07" in told[1]
    tab.keyboard.press("2")
    expect(tab.locator("#settling td[data-taken]")).to_have_count(2)
    tab.keyboard.press("1")
    tab.locator("#settling td", has_text="as coder 1").wait_for()
    tab.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    assert tab.evaluate("async () => (await axe.run()).violations.map((v) => v.id)") == []
    rows.nth(3).get_by_role("button", name="Leave out").click()
    tab.get_by_role("button", name="Leave one coding in the graph").click()
    tab.locator("#status", has_text="Done").wait_for()
    tab.wait_for_timeout(2500)  # until the desk has looked at the files again
    expect(tab.locator("#status")).to_contain_text("Done")
    assert desk.complaints == []
    context.close()
    left = statements.said(store.open(blind.folder.path))
    assert [(s.date, s.speakers[0].label, [(t.sign, t.thing.label) for t in s.targets]) for s in left] == [
        ("2025-03-07", "Karl Weber", [(1, OPENED)]),
        ("2025-03-08", "Ada Lovelace", []),
    ]
    assert validation.check(store.open(blind.folder.path)).findings == ()
    third: list[dict[str, Any]] = json.loads(
        (blind.folder.path / "codings" / f"{blind.document}.json").read_text("utf-8")
    )
    decided = [(one["what"], one["taken"], one["by"]) for unit in third for one in unit["settled"]]
    assert sorted(decided) == [
        ("day", "second", "2"),
        ("only the first", "first", "2"),
        ("only the first", "neither", "2"),
        ("stances", "second", "2"),
    ]


def test_a_document_that_nobody_else_coded_has_nothing_to_settle(blind: Blind) -> None:
    alone = with_article(blind.folder, "Harbour alone")
    sent = blind.send("begin", document=f"https://mine.example/document/{alone}")
    assert sent.status_code == 400
    assert not (blind.folder.path / "codings" / f"{alone}.json").exists()


def test_of_three_codings_two_are_made_one_and_that_and_the_third(tmp_path: Path) -> None:
    folder = made(tmp_path)
    document = with_article(folder, "Harbour thrice")
    said = {"speaker": "Karl Weber", "gist": "Says it.", "quote": "We reject any road here"}
    code(folder, document, "1", **said, opposes=OPENED)
    code(folder, document, "2", **said, supports=OPENED)
    code(folder, document, "3", **said, neutral=OPENED)
    alone = {"speaker": "Ada Lovelace", "gist": "Promises.", "quote": "We will open the road again"}
    third = code(folder, document, "3", **alone, supports=OPENED)
    iri = f"https://mine.example/document/{document}"
    with serving("--edit", folder.path) as running:
        desk = Blind(running, folder, document, [])

        def settle(between: list[str], *taken: str) -> None:
            told = desk.get(f"/desk/settling?name={document}").json()
            assert told["coders"] == between
            for each, side in zip(told["differences"], taken, strict=True):
                desk.send("settle", document=iri, number=each["number"], seen=each["seen"], taken=side)
            assert desk.send("conclude", document=iri).status_code == 200

        assert desk.send("begin", document=iri).status_code == 200
        path = f"/desk/settling?name={document}"
        (each,) = desk.get(path).json()["differences"]
        assert each["choices"] == {"first": f"rejects {OPENED}", "second": f"calls for {OPENED}"}
        typed = {"number": 0, "seen": each["seen"], "taken": f"rejects {OPENED}; supports Ada Lovelace"}
        assert desk.send("settle", document=iri, **typed).status_code == 200
        (each,) = desk.get(path).json()["differences"]
        assert each["another"] == f"for Ada Lovelace; rejects {OPENED}"
        settle(["1", "2"], "second")
        told = desk.get(f"/desk/document?name={document}").json()
        assert (told["coders"], told["settled"]) == (["1", "3"], False)
        settle(["1", "3"], "first", "second")
        assert desk.get(f"/desk/document?name={document}").json()["settled"] is True
    left = {s.iri: [t.sign for t in s.targets] for s in statements.said(store.open(folder.path))}
    assert sorted(left.values()) == [[1], [1]]
    assert third in left
    kept = [json.loads(file.read_text("utf-8")) for file in sorted((folder.path / "codings").glob("*.json"))]
    assert [[row["between"] for row in rows] for rows in kept] == [[["1", "3"], ["1", "3"]], [["1", "2"]]]
