"""A graph of one's own with one article in it, and the desk over it, open in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pages import chromium
from serving import Service, serving
from stancegraph.curate import changes, entries
from stancegraph.curate.folder import Folder, init
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]

ARTICLE = """Road to open again, minister says 🎉

The harbour town waited all morning. “We will open the road again,” Harbour Minister Ada Lovelace said on Saturday.

The union’s chair called it “nothing but a promise on paper”. “We reject any road here,” Karl Weber told reporters.

وقال رئيس البلدية: «نحن نرفض إغلاق الطريق»، مضيفا أن الميناء ملك للجميع.
"""
OPENED = "The harbour road should be opened again."
BASE = "https://mine.example/"


def made(place: Path) -> Folder:
    """The folder: two actors, an outlet and a proposition."""
    folder = init(place / "graph", title="Harbour talks", base=BASE)
    for kind, values in (
        ("actor", {"name": "Harbour Herald", "kind": "media outlet"}),
        ("actor", {"name": "Ada Lovelace", "kind": "politician"}),
        ("actor", {"name": "Karl Weber", "kind": "analyst"}),
        ("proposition", {"sentence": OPENED, "type": "demand", "note": "Who works there may reject it."}),
    ):
        with folder.writing():
            changes.apply(folder, entries.add(folder, kind, values))
    return folder


def with_article(folder: Folder, title: str, article: str = ARTICLE) -> str:
    """An article as another document of the folder; the last part of its IRI."""
    file = folder.path.parent / f"{title}.txt"
    file.write_text(f"{article}\n{title}\n", "utf-8")
    values = {"title": title, "publisher": "Harbour Herald", "date": "2025-03-08"}
    with folder.writing():
        change = entries.add(folder, "document", values, text=file)
        changes.apply(folder, change)
    return local_name(change.iri)


class Desk:
    """The desk in a browser's tab, with what it complained of."""

    def __init__(self, service: Service, folder: Folder, document: str, tab: Page) -> None:
        self.service, self.folder, self.document, self.tab = service, folder, document, tab
        self.complaints: list[str] = []
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.goto(f"{service.address}#{document}")
        tab.wait_for_selector("body[data-ready]", timeout=60_000)
        tab.wait_for_selector("#text p")

    def select(self, words: str) -> None:
        """Select words of one paragraph as a hand with a mouse would."""
        self.tab.evaluate(
            """(words) => {
                const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
                for (let node; (node = walker.nextNode());) {
                    const at = node.data.indexOf(words);
                    if (at < 0) continue;
                    getSelection().setBaseAndExtent(node, at, node, at + words.length);
                    document.getElementById("text").dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
                    return;
                }
                throw new Error("not in the text: " + words);
            }""",
            words,
        )
        self.tab.wait_for_selector("#form:not([hidden])")

    def take(self, label: str, text: str) -> None:
        """Type into a field of names, and take the first that is offered."""
        field = self.tab.get_by_role("combobox", name=label, exact=True)
        field.fill(text)
        self.tab.locator("[role=option][aria-selected=true]").wait_for()
        field.press("Enter")

    def day(self) -> None:
        """Take the document's day, which is offered."""
        self.tab.get_by_role("button", name="the document’s day").click()

    def save(self) -> str:
        """Save the form; what the desk says then."""
        self.tab.keyboard.press("Control+Enter")
        self.tab.wait_for_selector("#form[hidden], #wrong:not(:empty)", state="attached")
        refused = self.tab.locator("#wrong").all_inner_texts()
        assert refused == [], refused
        return self.status()

    def status(self) -> str:
        return self.tab.locator("#status").inner_text()

    def rows(self) -> list[dict[str, Any]]:
        """The statements as the service answers them."""
        path = f"/api/said?document={self.document}"
        found: list[dict[str, Any]] = self.service.get(path, authorization=f"Bearer {self.token}").json()
        return found

    @property
    def token(self) -> str:
        return self.service.address.partition("token=")[2]

    def file(self) -> Path:
        """The file of the document's statements."""
        return self.folder.path / "statements" / f"{self.document}.ttl"

    def marked(self, kind: str) -> list[str]:
        """The words of the text that are shown as coded or proposed."""
        return self.tab.locator(f"#text mark.{kind}").all_inner_texts()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Folder]]:
    """A graph of one's own with its desk, for a module."""
    folder = made(tmp_path_factory.mktemp("desk"))
    with serving("--edit", folder.path) as running:
        yield running, folder


_ARTICLES = count(1)


@pytest.fixture
def desk(chromium: Browser, served: tuple[Service, Folder]) -> Iterator[Desk]:
    """An article of its own, open on the desk; nothing may be complained of in the browser."""
    running, folder = served
    document = with_article(folder, "Harbour " + "abcdefghijklmnopqrstuvwxyz"[next(_ARTICLES)] * 3)
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(60_000)
    opened = Desk(running, folder, document, context.new_page())
    yield opened
    context.close()
    assert [each for each in opened.complaints if "status of 4" not in each] == []
