"""The page on which SPARQL is typed, in a real browser: questions, answers, and where they lead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from conftest import Run
from pages import chromium
from serving import Service
from stancegraph.statements import questions

__all__ = ["chromium"]

SILENCE = "https://w3id.org/stancegraph/id/statement/khazali-condemns-international-silence"


@pytest.fixture
def tab(chromium: Browser, service: Service) -> Iterator[Page]:
    """The page, opened; it asks this service alone, and says nothing on the console."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if " 400 " not in message.text else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request", lambda asked: told.append(asked.url) if not asked.url.startswith(service.address) else None
    )
    page.goto(f"{service.address}query")
    page.wait_for_selector("body[data-ready]")
    yield page
    context.close()
    assert told == []


def test_a_question_is_answered_by_one_click_and_its_answer_leads_to_the_statement(
    tab: Page, run: Run
) -> None:
    assert tab.locator("form[data-question]").count() == len(questions.questions())
    assert Axe().run(tab, context={"exclude": [["#yasgui"]]}).violations_count == 0
    tab.get_by_role("button", name="Who speaks to whom?").click()
    rows = json.loads(run("ask", "addressed-to", "--format", "json").stdout)
    expect(tab.locator("#yasgui tbody tr")).to_have_count(len(rows))
    name = rows[0]["statement"].rpartition("/")[2]
    tab.get_by_role("link", name=f"statement:{name}", exact=True).first.click()
    tab.wait_for_load_state()
    assert urlsplit(tab.url).path == f"/statement/{name}"
    assert rows[0]["gist"] in tab.inner_text("main")


def test_a_question_takes_its_parameters_and_tells_of_a_name_that_nobody_bears(tab: Page, run: Run) -> None:
    form = tab.locator("form[data-question='said-by']")
    form.get_by_role("button").first.click()
    field = form.locator("input").first
    expect(field).to_be_focused()
    expect(tab.locator("#names option[value='Qais al-Khazali']")).to_have_count(1)
    field.fill("kazaly of nowhere")
    field.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("no actor is called")
    field.fill("khazali")
    field.press("Enter")
    rows = json.loads(run("ask", "said-by", "--set", "actor=khazali", "--format", "json").stdout)
    expect(tab.locator("#yasgui tbody tr")).to_have_count(len(rows))
    expect(form.get_by_role("alert")).to_be_hidden()


def test_a_hostile_answer_runs_nothing(tab: Page) -> None:
    hostile = """SELECT ?iri ?text { VALUES (?iri ?text) {
      (<http://x/'onclick='window.hacked=1> "<img src=x onerror='window.hacked=1'>")
      (<javascript:window.hacked=1> "</td></table><script>window.hacked=1</script>"@en) } }"""
    tab.evaluate("text => document.querySelector('#yasgui .CodeMirror').CodeMirror.setValue(text)", hostile)
    tab.locator(".yasqe_queryButton").click()
    links = tab.locator("#yasgui a.iri")
    expect(links).to_have_count(2)
    assert [link.get_attribute("href") for link in links.all()] == [
        "http://x/'onclick='window.hacked=1",
        None,
    ]
    expect(tab.locator("#yasgui td img, #yasgui td script, #yasgui td [onclick]")).to_have_count(0)
    links.last.click()
    assert tab.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    ("name", "given"), [("said-by", "actor=khazali"), ("warned", ""), ("used-the-words", "words=concern")]
)
def test_a_question_as_sparql_gives_the_answer_of_the_command(
    run: Run, service: Service, name: str, given: str
) -> None:
    text = service.get(f"/question/{name}?{given}")
    assert text.headers["content-type"] == "application/sparql-query"
    answered = service.client.post("/sparql", data={"query": text.text}, headers={"accept": "text/csv"})
    asked = run("ask", name, *(["--set", given] if given else []), "--format", "csv")
    assert answered.text.replace("\r\n", "\n") == asked.stdout


def test_an_iri_leads_to_its_entry_and_nothing_else_does(service: Service) -> None:
    found = service.get(f"/entry?iri={SILENCE}")
    assert (found.status_code, found.headers["location"]) == (
        303,
        "statement/khazali-condemns-international-silence",
    )
    for iri in ("https://example.org/", "//example.org/x", "https://w3id.org/stancegraph/ns#speaker", ""):
        assert service.get(f"/entry?iri={iri}").status_code == 404
