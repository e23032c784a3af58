"""Dossiers that have long existed on paper are opened under the scheme by which their paper is filed."""

from tests.services.catalog.api.conftest import Desk, faults_of


async def test_a_dossier_of_the_older_scheme_is_opened_under_it(desk: Desk):
    """What arrives is filed by that scheme from the first sheet on; a scheme that nobody keeps is refused by name."""
    person = await desk.office.register()
    body = {"person_id": person.person_id, "dossier_no": f"D{person.person_no}"}
    unknown = await desk.post("dossiers", {**body, "scheme": "r1991"})
    assert unknown.status_code == 422
    (fault,) = unknown.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/scheme", "not-allowed-value")
    assert "r2009, r2018" in fault["detail"]
    assert faults_of(await desk.post("dossiers", {**body, "scheme": "older"})) == {"/scheme": "pattern"}
    made = await desk.post("dossiers", {**body, "scheme": "r2009"}, key="open-older-1")
    again = await desk.post("dossiers", {**body, "scheme": "r2009"}, key="open-older-1")
    assert (made.status_code, made.json()["scheme"], again.json()["id"]) == (201, "r2009", made.json()["id"])
    dossier_id = made.json()["id"]
    entry = {"title": "离任审计报告", "formed_on": {"value": "2011-05-04"}, "page_count": 3}
    entered = await desk.post(f"dossiers/{dossier_id}/materials", {"materials": [entry]})
    assert entered.status_code == 201, entered.text
    catalogue = (await desk.get(f"dossiers/{dossier_id}/catalogue")).json()
    assert [one["category"] for one in catalogue["headings"] if one["items"]] == ["3"], "r2018 files it under 5"
