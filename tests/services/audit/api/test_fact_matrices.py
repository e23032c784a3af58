"""/v1/fact-matrices: what all papers say about a person, side by side."""

from __future__ import annotations

from contracts.values.partial_date import PartialDate
from tests.services.audit.api.conftest import Desk
from tests.services.audit.claiming import body, filed_paper
from tests.services.audit.office import auditor
from tests.services.audit.reports import report
from tests.support.rooms import somebody

LUNAR = {"value": "1971-01", "calendar": "lunar", "as_written": "一九七〇年腊月", "qualifier": "uncertain"}


async def test_a_matrix_shows_papers_in_the_order_of_their_own_dates(desk: Desk):
    """Whatever the order of entry: the earliest marked, the conflict in words, what cannot be compared kept apart."""
    office = desk.office
    subject = await office.known_subject()
    league = await filed_paper(office, subject)
    li = auditor(subject.unit_id)
    sent = (
        body(subject, "1970-03", title="任免表", formed_on={"value": "2018"}),
        body(subject, {"date": LUNAR}, title="族谱", formed_on=None),
        body(subject, "1968-03", material_id=league.material_id, page_id=league.pages[0].page_id, signed=True),
        body(subject, {"text": "汉族"}, "ethnicity", title="履历表", formed_on={"value": "1999"}),
    )
    ids = [(await desk.post(li, "claims", one)).json()["id"] for one in sent]
    form, lunar, first, ethnicity = ids
    answer = await desk.get(somebody("leader", subject.unit_id), f"fact-matrices/{subject.person_id}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    shown = answer.json()
    assert [row["fact"] for row in shown["facts"]] == ["birth_date", "ethnicity"]
    birth = shown["facts"][0]
    assert [one["id"] for one in birth["claims"]] == [first, form, lunar]
    assert (birth["earliest"], birth["earliest_unaltered"]) == (first, first)
    assert [(one["kind"], one["claim_ids"], one["months"]) for one in birth["conflicts"]] == [
        ("differs", [first, form], 24)
    ]
    assert birth["conflicts"][0]["words"] == {
        "zh": "《入团志愿书》（1984.05）记载1968.03，《任免表》（2018）记载1970.03，晚24个月。",
        "en": "《入团志愿书》 (1984.05) says 1968.03; 《任免表》 (2018): 1970.03, 24 months later.",
    }
    assert [(one["kind"], one["claim_ids"]) for one in birth["cannot_tell"]] == [
        ("undated", [lunar]),
        ("lunar", [first, lunar]),
    ]
    assert shown["facts"][1]["claims"][0]["id"] == ethnicity
    assert shown["across"] == []


async def test_a_matrix_is_a_view_that_stands_in_the_journal(desk: Desk):
    """Each time, under the person."""
    subject = await desk.office.known_subject()
    leader = somebody("leader", subject.unit_id)
    for _ in range(2):
        answer = await desk.get(leader, f"fact-matrices/{subject.person_id}")
        assert answer.json() == {"person_id": subject.person_id, "facts": [], "across": []}
    rows = await desk.office.journal(subject.person_id)
    assert rows == [("fact_matrix.viewed", leader.account_id, 1)] * 2


async def test_a_degree_entered_on_a_refused_certificate_is_flagged(desk: Desk):
    """E1: the report is refused, the certificate's claim counts no more, and what was entered on it is flagged."""
    office = desk.office
    subject = await office.known_subject()
    paper = await filed_paper(office, subject, "毕业证书", formed_on=PartialDate(value="1989-07"))
    li = auditor(subject.unit_id)
    college = {"type": "education", "level": "大专", "school": "省师专", "begins": {"value": "1986-09"}}
    bachelor = {"type": "education", "level": "本科", "school": "省师大", "begins": {"value": "1990-09"}}
    degree = {"title": "毕业生登记表", "formed_on": {"value": "1994-07"}}
    sent = (
        body(subject, {**college, "ends": {"value": "1989-07"}}, "education", material_id=paper.material_id),
        body(subject, {**bachelor, "ends": {"value": "1994-07"}}, "education", **degree),
    )
    lower, higher = [(await desk.post(li, "claims", one)).json()["id"] for one in sent]
    address = f"fact-matrices/{subject.person_id}"
    assert (await desk.get(li, address)).json()["facts"][0]["flags"] == []
    await report(office, paper.material_id, "refused", li, unit_id=subject.unit_id)
    (row,) = (await desk.get(li, address)).json()["facts"]
    assert [(one["id"], one["excluded"]) for one in row["claims"]] == [(lower, "not_recognised"), (higher, None)]
    (flag,) = row["flags"]
    assert (flag["kind"], flag["claim_ids"]) == ("entry_qualification_false", [higher])
    assert flag["words"]["zh"] == "省师大大学本科：报考所凭学历未获认可，不符合报考条件。"
    trial = await desk.post(li, f"{address}/trials", {"discount": [lower]})
    (result,) = trial.json()["results"]
    assert "entry_qualification_false" in {one["code"] for one in result["before"]["findings"]}, trial.text
