"""The desk in a browser: words are marked, coded and saved; proposals are reviewed; nobody's edit is lost."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Literal

import pyoxigraph
from playwright.sync_api import expect

from desks import ARTICLE, OPENED, Desk, chromium, desk, served, with_article
from stancegraph import store, validation
from stancegraph.curate import changes, entries, references
from stancegraph.curate.folder import Folder

__all__ = ["chromium", "desk", "served"]


SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def test_words_that_are_marked_become_a_statement_with_their_place_half_ones_whole(desk: Desk) -> None:
    desk.select("hing but a promise on pap")
    desk.tab.locator("#text").focus()
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan an empty promise.")
    desk.day()
    desk.take("Takes a stance on", "harbour road")
    desk.tab.get_by_label("Stance", exact=True).select_option("opposes")
    assert "Saved" in desk.save()
    (row,) = desk.rows()
    assert row["speakers"] == ["Karl Weber"]
    assert row["opposes"] == [OPENED]
    assert row["date"] == "2025-03-08"
    (passage,) = row["reports"][0]["passages"]
    assert ARTICLE[passage["start"] : passage["end"]] == passage["quote"] == "nothing but a promise on paper"
    assert desk.marked("coded") == ["nothing but a promise on paper"]
    assert not validation.check(store.open(desk.folder.path), sources=desk.folder.path / "texts").findings


def test_a_proposal_is_taken_with_one_key_and_saved_with_another(desk: Desk) -> None:
    before = desk.marked("proposed")
    assert "We will open the road again," in before
    desk.tab.locator("#lists .proposed button", has_text="Ada Lovelace").focus()
    desk.tab.keyboard.press("t")
    assert desk.tab.locator(".token").inner_text().startswith("Ada Lovelace")
    assert "Saved" in desk.save()
    (row,) = desk.rows()
    assert (row["quotes"], row["gist"]) == (["We will open the road again"], ""), (
        "nobody's words but the speaker's"
    )
    assert not validation.check(store.open(desk.folder.path), sources=desk.folder.path / "texts").findings
    assert len(desk.marked("proposed")) == len(before) - 1


def test_a_proposal_is_skipped_with_a_key_and_stays_so(desk: Desk) -> None:
    before = len(desk.marked("proposed"))
    desk.tab.locator("#lists .proposed button").first.focus()
    desk.tab.keyboard.press("s")
    expect(desk.tab.locator("#text mark.proposed")).to_have_count(before - 1)
    desk.tab.reload()
    desk.tab.wait_for_selector("body[data-ready]")
    desk.tab.wait_for_selector("#text mark")
    assert len(desk.marked("proposed")) == before - 1
    assert desk.rows() == []


def test_arabic_words_are_coded_where_they_stand(desk: Desk) -> None:
    paragraph = desk.tab.locator("#text p", has_text="رئيس البلدية")
    assert paragraph.evaluate("(p) => getComputedStyle(p).direction") == "rtl"
    desk.tab.locator("#text mark", has_text="نحن نرفض").click()
    desk.take("Speaker", "weber")
    desk.tab.get_by_label("Gist").fill("Rejects the closing of the road.")
    desk.day()
    desk.save()
    (passage,) = desk.rows()[0]["reports"][0]["passages"]
    assert ARTICLE[passage["start"] : passage["end"]] == "نحن نرفض إغلاق الطريق"


def test_everything_is_done_by_keyboard(desk: Desk) -> None:
    press = desk.tab.keyboard.press
    desk.tab.locator("#text").focus()
    for _ in range(8):
        press("ArrowRight")
    press("Shift+ArrowRight")
    press("Shift+ArrowRight")
    press("Enter")
    words = desk.tab.locator("#marks bdi").first.inner_text().strip("“”")
    assert words == "harbour town waited"
    desk.tab.keyboard.type("ada")
    desk.tab.locator("[role=option][aria-selected=true]").wait_for()
    press("Enter")
    press("Tab")
    desk.tab.keyboard.type("Says that the town waited.")
    desk.tab.get_by_label("Day").focus()
    press("ArrowDown")
    desk.save()
    (row,) = desk.rows()
    assert row["speakers"] == ["Ada Lovelace"]
    (passage,) = row["reports"][0]["passages"]
    assert ARTICLE[passage["start"] : passage["end"]] == words
    assert passage["quote"] is None, "words outside quotation marks are not stored"


def test_a_name_nobody_bears_is_not_guessed_and_can_be_made_in_place(desk: Desk) -> None:
    desk.select("Karl Weber told reporters")
    desk.tab.get_by_label("Gist").fill("Speaks to reporters.")
    field = desk.tab.get_by_role("combobox", name="Speaker", exact=True)
    field.fill("Grace Hopper")
    desk.tab.keyboard.press("Control+Enter")  # which offers to make who was typed
    expect(desk.tab.locator("dialog").get_by_label("Name", exact=True)).to_have_value("Grace Hopper")
    expect(desk.tab.locator("dialog").get_by_label("Class")).to_be_hidden()
    desk.tab.locator("dialog").get_by_role("button", name="Close").click()
    expect(desk.tab.locator("#wrong")).to_contain_text("names nobody yet")
    field.fill("Grace Hopper")
    desk.tab.locator("[role=option]", has_text="New actor").click()
    desk.tab.locator("dialog").get_by_label("Kind").select_option("other")
    desk.tab.locator("dialog button.primary").click()
    desk.tab.locator("dialog .wrong", has_text="Class is missing").wait_for()
    expect(desk.tab.locator("dialog").get_by_label("Class")).to_be_focused()
    desk.tab.locator("dialog").get_by_label("Class").select_option("person")
    desk.tab.locator("dialog button.primary").click()
    desk.tab.locator(".token", has_text="Grace Hopper").wait_for()
    desk.tab.keyboard.type("ada")
    assert field.input_value() == "ada", "what is typed after the dialog is closed arrives"
    field.fill("")
    desk.day()
    desk.save()
    assert desk.rows()[0]["speakers"] == ["Grace Hopper"]


def test_a_statement_is_changed_and_the_change_taken_back(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
    desk.day()
    desk.save()
    desk.tab.locator("#lists .coded button").click()
    gist = desk.tab.get_by_label("Gist")
    assert gist.input_value() == "Calls the plan empty."
    gist.fill("Calls the plan an empty promise.")
    desk.save()
    assert desk.rows()[0]["gist"] == "Calls the plan an empty promise."
    desk.tab.locator("#undo").click()
    desk.tab.locator("#status", has_text="Done").wait_for()
    assert desk.rows()[0]["gist"] == "Calls the plan empty."


def test_no_day_and_no_side_is_taken_unasked(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
    desk.take("Takes a stance on", "harbour road")
    desk.tab.keyboard.press("Control+Enter")
    assert "Day is missing" in desk.tab.locator("#wrong").inner_text()
    assert desk.tab.get_by_label("Day").evaluate("(field) => field === document.activeElement")
    desk.day()
    desk.tab.keyboard.press("Control+Enter")
    assert "calls for, rejects or leaves open" in desk.tab.locator("#wrong").inner_text()
    desk.tab.get_by_label("Day").fill("")
    desk.tab.get_by_label("Stance", exact=True).select_option("opposes")
    desk.tab.keyboard.press("Control+Enter")
    desk.tab.locator("#wrong", has_text="Day").wait_for()
    assert desk.rows() == []
    desk.tab.get_by_role("button", name="from when").click()
    assert desk.tab.evaluate("getSelection().toString()") == "YYYY-MM-DD"
    desk.tab.keyboard.type("2025-03-06")
    desk.save()
    assert desk.rows()[0]["date"] == "2025-03-06/2025-03-08"


def test_a_name_that_only_sounds_like_an_actors_is_not_taken_for_it(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    field = desk.tab.get_by_role("combobox", name="Speaker", exact=True)
    field.fill("Karl Webber")
    desk.tab.locator("[role=option]", has_text="Perhaps: Karl Weber").wait_for()
    field.press("Enter")
    assert field.input_value() == "Karl Webber"
    field.press("ArrowDown")
    field.press("Enter")
    desk.tab.locator(".token", has_text="Karl Weber").wait_for()


def test_an_actor_made_twice_is_merged_in_place_and_the_merge_taken_back(desk: Desk) -> None:
    desk.tab.on("dialog", lambda dialog: dialog.accept())
    with desk.folder.writing():
        change = entries.add(desk.folder, "actor", {"name": "Carla Webber", "kind": "analyst"}, new=True)
        changes.apply(desk.folder, change)
    desk.tab.locator("#status", has_text="another program").wait_for()
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "Carla Webber")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
    desk.day()
    desk.save()
    desk.tab.keyboard.press("e")
    desk.take("Name", "Carla Webber")
    desk.tab.locator("dialog h2", has_text="Change actor").wait_for()
    desk.take("Merge into another actor", "Karl Weber")
    desk.tab.locator("dialog").get_by_role("button", name="Merge", exact=True).click()
    desk.tab.locator("#status", has_text="merge").wait_for()
    assert desk.rows()[0]["speakers"] == ["Karl Weber"]
    desk.tab.locator("#undo").click()
    desk.tab.locator("#status", has_text="undo").wait_for()
    assert desk.rows()[0]["speakers"] == ["Carla Webber"]


def test_what_check_finds_stands_beside_its_statement(desk: Desk) -> None:
    desk.select("Karl Weber told reporters")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Speaks to reporters.")
    desk.day()
    desk.save()
    file = desk.file()
    text = file.read_text("utf-8")
    file.write_text(text.replace('"Speaks to reporters."@en', '"Speaks"'), "utf-8")
    desk.tab.locator("#lists .coded .finding", has_text="gist").wait_for()
    borrowed = "The harbour town waited all morning. We will open the road again."
    file.write_text(text.replace("Speaks to reporters.", borrowed), "utf-8")
    desk.tab.locator("#lists .coded .finding", has_text="words in a row").wait_for()
    desk.tab.locator("#check").click()  # which reads the folder's texts too
    desk.tab.locator("#status", has_text="1 found by check.").wait_for()
    file.write_text(text, "utf-8")
    desk.tab.locator("#lists .finding").wait_for(state="detached")


def test_a_text_that_changed_keeps_its_statements_where_their_words_are(desk: Desk) -> None:
    for words, speaker in (("nothing but a promise on paper", "karl"), ("harbour town waited", "ada")):
        desk.select(words)
        desk.take("Speaker", speaker)
        desk.tab.get_by_label("Gist").fill(f"Is about {words.split()[0]}.")
        desk.day()
        desk.save()
    text = desk.folder.path / "texts" / f"{desk.document}.txt"
    now = "Corrected.\n" + text.read_text("utf-8").replace("harbour town waited", "harbour waited")
    text.write_text(now, "utf-8")
    desk.tab.reload()
    alert = desk.tab.locator("#alert", has_text="is not the one that was coded")
    alert.wait_for()
    assert "Of 2 statements the words of 1 are found again once" in alert.inner_text()
    assert "“harbour town waited” is not there any more" in alert.inner_text()
    assert alert.get_by_role("button", name="Use this text").count() == 0
    alert.get_by_role("button", name="Is about harbour.").click()
    desk.tab.locator("#marks button", has_text="×").first.wait_for(state="detached")
    desk.select("harbour waited")
    desk.tab.get_by_role("button", name="+ selected words").click()
    desk.tab.keyboard.press("Control+Enter")
    alert.get_by_role("button", name="Use this text").click()
    desk.tab.locator("#status", has_text="Done").wait_for()
    placed = {row["gist"]: row["reports"][0]["passages"][0] for row in desk.rows()}
    assert placed["Is about nothing."]["quote"] == "nothing but a promise on paper"
    found = {gist: now[p["start"] : p["end"]] for gist, p in placed.items()}
    assert found == {
        "Is about nothing.": "nothing but a promise on paper",
        "Is about harbour.": "harbour waited",
    }
    assert desk.marked("coded") == ["harbour waited", "nothing but a promise on paper"]
    assert not validation.check(store.open(desk.folder.path), sources=desk.folder.path / "texts").findings


def test_everybody_can_use_the_desk(desk: Desk) -> None:
    desk.tab.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))

    def violations() -> list[str]:
        found: list[str] = []
        for scheme in SCHEMES:
            desk.tab.emulate_media(color_scheme=scheme)
            found += desk.tab.evaluate(
                "async () => (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)"
            )
        return found

    assert violations() == []
    desk.tab.locator("#lists .proposed button").first.click()
    desk.take("Takes a stance on", "harbour road")
    assert violations() == []
    desk.tab.on("dialog", lambda dialog: dialog.accept())
    desk.tab.keyboard.press("Escape")
    desk.tab.keyboard.press("e")
    desk.take("Name", "Karl Weber")
    desk.tab.locator("dialog h2", has_text="Change actor").wait_for()
    assert violations() == []


def test_what_a_text_editor_wrote_meanwhile_is_shown_and_not_written_over(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
    desk.day()
    desk.save()
    desk.tab.locator("#lists .coded button").click()
    desk.tab.get_by_label("Gist").fill("Mine.")
    file = desk.file()
    file.write_text(file.read_text("utf-8").replace("Calls the plan empty.", "By hand."), "utf-8")
    desk.tab.keyboard.press("Control+Enter")
    told = desk.tab.locator("#wrong", has_text="changed meanwhile")
    told.wait_for()
    assert "By hand." in told.inner_text()
    assert "By hand." in file.read_text("utf-8")
    assert desk.tab.get_by_label("Gist").input_value() == "Mine."
    told.get_by_role("button", name="Save mine over it").click()
    desk.tab.wait_for_selector("#form", state="hidden")
    assert "Mine." in file.read_text("utf-8")


def test_an_edit_of_the_files_is_seen(desk: Desk) -> None:
    title = desk.tab.locator("#title").inner_text()
    file = desk.folder.path / "documents.ttl"
    file.write_text(file.read_text("utf-8").replace(f'"{title}"', f'"{title} reopened"'), "utf-8")
    desk.tab.locator("#title", has_text=f"{title} reopened").wait_for()


def test_what_breaks_a_rule_is_told_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
    desk.tab.get_by_label("Day").fill("2025-02-30")
    desk.tab.keyboard.press("Control+Enter")
    desk.tab.locator("#wrong", has_text="date").wait_for()
    assert desk.tab.get_by_label("Gist").input_value() == "Calls the plan empty."
    assert desk.rows() == []


def test_hostile_texts_and_names_are_shown_as_text(desk: Desk) -> None:
    hostile = "<img src=x onerror=window.hacked=1>"

    def send(values: dict[str, list[str]], text: str | None = None) -> None:
        body = {"kind": "document" if text else "actor", "values": values, "text": text}
        sent = desk.service.client.post(
            "/desk/add",
            content=json.dumps(body),
            headers={"content-type": "application/json", "authorization": f"Bearer {desk.token}"},
        )
        assert sent.status_code == 200, sent.text

    send({"name": [hostile], "kind": ["politician"]})
    send(
        {"title": [f"About {hostile}"], "publisher": ["Harbour Herald"], "date": ["2025-03-09"]},
        f"{hostile} said on Sunday: “I will <script>window.hacked=1</script> speak again tomorrow,” she said.\n",
    )
    desk.tab.locator("#documents button", has_text="About").click()
    desk.tab.locator("#title", has_text="About").wait_for()
    desk.tab.locator("#text mark").first.click()
    desk.tab.get_by_role("combobox", name="Speaker", exact=True).fill("img")
    desk.tab.locator("[role=option]").first.wait_for()
    assert desk.tab.evaluate("window.hacked") is None
    desk.tab.goto(desk.service.address)
    desk.tab.locator("#text p").first.wait_for()  # a document is open without being asked for
    assert desk.tab.locator("#text img, #text script, #documents img").count() == 0


def test_a_stance_that_the_verb_does_not_show_is_marked_and_made_implied_at_a_key(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Welcomes the plan.")
    desk.day()
    desk.take("Takes a stance on", "harbour road")
    row = desk.tab.locator(".stances li")
    row.get_by_label("Stance", exact=True).select_option("calls for")
    expect(row.locator(".hint")).to_have_count(0)
    desk.tab.get_by_label("Act").select_option("support")
    expect(row.locator(".hint")).to_contain_text("does not itself say “calls for”")
    desk.tab.get_by_label("Act").select_option("demand")
    expect(row.locator(".hint")).to_have_count(0)
    desk.tab.get_by_label("Act").select_option("support")
    row.get_by_role("button", name="Implied").press("Enter")
    expect(row.locator(".hint")).to_have_count(0)
    expect(row.get_by_label("Basis of this stance")).to_be_focused()
    desk.save()
    (target,) = desk.rows()[0]["targets"]
    assert (target["stance"], target["basis"], target["confidence"]) == ("calls for", "implied", 0.6)


def test_a_stance_that_another_document_shows_is_listed_as_such_and_stays_so_when_saved(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Asks for the plan.")
    desk.day()
    desk.tab.get_by_label("Act").select_option("demand")
    desk.take("Takes a stance on", "harbour road")
    desk.tab.locator(".stances li").get_by_label("Stance", exact=True).select_option("calls for")
    desk.save()
    iri = desk.rows()[0]["statement"]
    leaflet = with_article(desk.folder, "Leaflet")
    with desk.folder.writing():
        report = entries.add(
            desk.folder, "report", {"statement": iri, "document": leaflet, "passage": "0:20"}
        )
        changes.apply(desk.folder, report)
        coding = {"coding": [f"The harbour road should be opened again.={report.iri}"]}
        changes.apply(desk.folder, references.edit(desk.folder, iri, add=coding))
    shown = re.compile(r"stance:shownBy <([\w/-]+)>")
    written = shown.findall(desk.file().read_text("utf-8"))
    assert [report.iri.endswith(each) for each in written] == [True]
    for document, stance in ((leaflet, "again."), (desk.document, "again. · shown by another document")):
        desk.tab.goto(f"{desk.service.address}#{document}")
        desk.tab.reload()
        desk.tab.wait_for_selector("body[data-ready]")
        coded = desk.tab.locator("#lists .coded button").first
        expect(coded.locator(".stance")).to_have_text(f"calls for The harbour road should be opened {stance}")
    coded.click()
    desk.tab.get_by_label("Gist").fill("Asks for the plan again.")
    desk.tab.get_by_label("Basis of this stance").select_option("implied")
    desk.save()
    (row,) = desk.rows()
    assert (row["gist"], row["targets"]) == ("Asks for the plan again.", []), "it is not this document's"
    desk.document = leaflet
    ((target,),) = (row["targets"] for row in desk.rows())
    assert (target["stance"], target["basis"]) == ("calls for", "implied")
    desk.document = document
    assert shown.findall(desk.file().read_text("utf-8")) == written


def test_what_of_an_entry_nobody_touched_stays_as_it_is(desk: Desk) -> None:
    names = {"label": ["ar=كارل فيبر"], "alias": ["K. Weber", "Weber of the union"]}
    iri = "https://mine.example/actor/karl-weber"
    with desk.folder.writing():
        changes.apply(desk.folder, references.edit(desk.folder, iri, add=names))
    file = desk.folder.path / "actors.ttl"
    file.write_text(file.read_text("utf-8").replace('"K. Weber"@en', '"K. Weber"@en , "فيبر"@ar'), "utf-8")
    desk.tab.reload()
    desk.tab.wait_for_selector("body[data-ready]")
    desk.tab.keyboard.press("e")
    desk.tab.get_by_role("combobox", name="Name").fill("Karl Weber")
    desk.tab.locator("[role=option][aria-selected=true]").wait_for()
    desk.tab.keyboard.press("Enter")
    dialog = desk.tab.locator("dialog", has_text="Change actor")
    assert dialog.get_by_label("Name", exact=True).input_value() == "Karl Weber"
    assert dialog.get_by_label("Label", exact=True).input_value() == "ar=كارل فيبر"
    alias = dialog.get_by_label("Alias", exact=True)
    assert sorted(alias.input_value().split("\n")) == ["K. Weber", "Weber of the union", "فيبر"]
    dialog.get_by_label("Kind").select_option("cleric")
    alias.fill(alias.input_value() + "\nKarl of the union")
    desk.tab.keyboard.press("Control+Enter")
    desk.tab.locator("#status", has_text="Done").wait_for()
    said = [t for told in Folder(desk.folder.path).description(iri).values() for t in told]
    now = {(t.predicate.value.rpartition("#")[2], t.object) for t in said}
    assert {(name, each) for name, each in now if name in ("prefLabel", "altLabel")} == {
        ("prefLabel", pyoxigraph.Literal("Karl Weber", language="en")),
        ("prefLabel", pyoxigraph.Literal("كارل فيبر", language="ar")),
        ("altLabel", pyoxigraph.Literal("K. Weber", language="en")),
        ("altLabel", pyoxigraph.Literal("Weber of the union", language="en")),
        ("altLabel", pyoxigraph.Literal("Karl of the union", language="en")),
        ("altLabel", pyoxigraph.Literal("فيبر", language="ar")),
    }


def test_words_outside_quotation_marks_are_a_place_and_want_a_gist_of_the_coders_own(desk: Desk) -> None:
    desk.select("The harbour town waited all morning")
    marks = desk.tab.locator("#marks li").first
    expect(marks).to_contain_text("not in quotation marks")
    expect(marks).not_to_contain_text("“")
    gist = desk.tab.locator(".field", has=desk.tab.get_by_label("Gist"))
    expect(gist.locator("i")).to_be_visible()
    gist.locator("textarea").fill(
        "Karl Weber told reporters. The union’s chair called it nothing but a promise on paper."
    )
    expect(gist.locator(".finding")).to_contain_text("words in a row stand in the document: ")
    desk.tab.on("dialog", lambda dialog: dialog.accept())
    desk.tab.keyboard.press("Escape")
    desk.select("We will open the road again,")
    expect(marks).to_have_text("“We will open the road again”×")
    expect(gist.locator("i")).to_be_hidden()
    expect(desk.tab.get_by_role("button", name="Saturday before 2025-03-08: 2025-03-01")).to_be_visible()


def test_a_speaker_that_was_corrected_is_offered_for_the_same_words_again(desk: Desk) -> None:
    article = (
        "The line stays. “Nobody asks for the end,” the board said. “It must rest a while,” the board said.\n"
    )
    document = with_article(desk.folder, "Board", article)
    desk.tab.goto(f"{desk.service.address}#{document}")
    desk.tab.reload()
    desk.tab.locator("#lists .proposed").nth(1).wait_for()
    desk.tab.locator("#lists .proposed button").first.click()
    expect(desk.tab.get_by_role("combobox", name="Speaker", exact=True)).to_have_value("")
    desk.take("Speaker", "karl")
    desk.day()
    desk.save()
    desk.tab.locator("#lists .proposed button").first.click()
    expect(desk.tab.locator("#form .token")).to_contain_text("Karl Weber")
    expect(desk.tab.locator("#form")).to_contain_text("taken as you took the same words before")
