"""The notebook's file: what was asked for stands in it before the answer, and is read back as it was."""

import json
from pathlib import Path

from tests.faults.notes import Notes, read


def told(path: Path) -> list[str]:
    return [json.loads(line)["note"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_request_is_in_the_file_before_its_answer(tmp_path: Path):
    """A notebook that is killed between the two still knows what it asked."""
    notes = Notes(tmp_path / "notes")
    notes.sent("S001", "draft", key="k")
    assert told(tmp_path / "notes") == ["sent"]
    notes.answered("S001", "draft", id="sub_1")
    assert (told(tmp_path / "notes"), notes.acknowledged) == (["sent", "acknowledged"], 1)
    notes.close()


def test_a_submission_is_put_together_from_its_notes(tmp_path: Path):
    """The first of several attempts is when it began; what was not acknowledged is not held against the product."""
    notes = Notes(tmp_path / "notes")
    for _ in range(2):
        notes.sent("S001", "draft")
    began = json.loads((tmp_path / "notes").read_text().splitlines()[0])["at"]
    notes.answered("S001", "draft", id="sub_1")
    for number in (1, 2):
        notes.sent(f"S001-{number}", "item", of="S001", title=f"表{number}", outcome="filed")
    notes.answered("S001-1", "item", of="S001", title="表1", outcome="filed", id="itm_1")
    notes.sent("S001", "deliver")
    notes.sent("pag_1", "view")
    notes.answered("pag_1", "view")
    notes.close()
    book = read(tmp_path / "notes")
    [submission] = book.submissions
    assert (submission.begun_at, submission.submission_id, submission.delivered) == (began, "sub_1", False)
    assert [(item.title, item.item_id) for item in submission.items] == [("表1", "itm_1")]
    assert book.viewed == {"pag_1"}


def test_an_act_that_was_given_up_is_told_of_its_submission(tmp_path: Path):
    notes = Notes(tmp_path / "notes")
    notes.sent("S004", "draft")
    notes.gave_up("S004", "submission", "person-mismatch to the end")
    notes.close()
    assert read(tmp_path / "notes").submissions[0].gave_up == "submission: person-mismatch to the end"
