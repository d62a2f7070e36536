"""The desk in a browser: words are marked, coded and saved; proposals are reviewed; nobody's edit is lost."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from desks import ARTICLE, OPENED, Desk, chromium, desk, served
from stancegraph import store, validation

__all__ = ["chromium", "desk", "served"]


def test_words_that_are_marked_become_a_statement_with_its_place(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.tab.locator("#text").focus()
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan an empty promise.")
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
    desk.tab.keyboard.type("Says that the road will be opened again.")
    assert "Saved" in desk.save()
    (row,) = desk.rows()
    assert row["quotes"] == ["We will open the road again"]
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
    desk.tab.keyboard.press("Control+Enter")
    assert "names nobody yet" in desk.tab.locator("#wrong").inner_text()
    field.fill("Grace Hopper")
    desk.tab.locator("[role=option]", has_text="New actor").click()
    desk.tab.locator("dialog").get_by_label("Kind").select_option("official")
    desk.tab.locator("dialog button.primary").click()
    desk.tab.locator(".token", has_text="Grace Hopper").wait_for()
    desk.save()
    assert desk.rows()[0]["speakers"] == ["Grace Hopper"]


def test_a_statement_is_changed_and_the_change_taken_back(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
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


def test_what_a_text_editor_wrote_meanwhile_is_shown_and_not_written_over(desk: Desk) -> None:
    desk.select("nothing but a promise on paper")
    desk.take("Speaker", "karl")
    desk.tab.get_by_label("Gist").fill("Calls the plan empty.")
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
    assert desk.tab.locator("#text img, #text script, #documents img").count() == 0
