"""For each endpoint a request that goes through for whoever may make it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from contracts.values.digest import digest_of, to_repr_digest
from tests.security import (
    adjudged,
    appraised,
    bound,
    campaigning,
    claimed,
    desk,
    gated,
    identified,
    portraits,
    reviewed,
    reviewing,
    scans,
    shelf,
)
from tests.security import world as made
from tests.security.world import World
from tests.support.system import ACCOUNTS

Endpoint = tuple[str, str, str]
Ids = dict[str, str]

_DRAFT = "/v1/submissions/{submission_id}"
_ITEM = "/v1/submission-items/{item_id}"
_REQUEST = "/v1/view-requests/{view_request_id}"
_TASK = "/v1/tasks/{task_id}"
_SIGNED = {"outcome": "approve", "reasons": [], "not_related": True}


def _unit(world: World, ids: Ids) -> Any:
    return {"parent_id": ids["unit_id"], "code": f"T{uuid.uuid4().hex[:8]}", "name": "试验科"}


def _person(world: World, ids: Ids) -> Any:
    number = f"T{uuid.uuid4().int % 10**8:08d}"
    return {"unit_id": ids["unit_id"], "person_no": number, "name": "试验人", "birth_date": {"value": "1980-01"}}


def _dossier(world: World, ids: Ids) -> Any:
    return {"person_id": ids["person_id"], "dossier_no": f"T-{uuid.uuid4().hex[:8]}"}


def _materials(world: World, ids: Ids) -> Any:
    return {"materials": [{"title": "干部履历表", "formed_on": {"value": "2001"}, "page_count": 2, "category": "1"}]}


def _word(world: World, ids: Ids) -> Any:
    code = f"t{uuid.uuid4().hex[:8]}"
    return {"code": code, "zh": f"试验{code}", "en": f"Trial {code}"}


def _authority(world: World, ids: Ids) -> Any:
    rank = f"正科级{uuid.uuid4().hex[:4]}"
    return {"rank": rank, "unit_id": ids["unit_id"], "office": "中共青岚县委", "valid_from": "2019-01-01"}


def _form(world: World, ids: Ids) -> bytes:
    """An LRMX file of the sample's subject with something new in it."""
    name, trade = world.county.person().name, f"统计{uuid.uuid4().hex[:4]}"
    field = "ShuXiZhuanYeYouHeZhuanChang"
    return f"<Person><XingMing>{name}</XingMing><{field}>{trade}</{field}></Person>".encode()


def _batch(world: World, ids: Ids) -> Any:
    item = {"material_id": ids["material_id"], "version": 1, "category": "10"}
    return {"kind": "refile", "reason": "试验", "validate_only": True, "items": [item]}


BODIES: dict[Endpoint, Callable[[World, Ids], Any]] = {
    ("transfer", "POST", "/v1/units"): _unit,
    ("transfer", "PATCH", "/v1/units/{unit_id}"): lambda *_: {"name": f"青岚县教育局{uuid.uuid4().hex[:4]}"},
    ("transfer", "POST", "/v1/submissions"): lambda world, _: {"subject": world.county.subject()},
    ("transfer", "PATCH", _DRAFT): lambda world, _: {"subject": world.county.subject()},
    ("transfer", "POST", f"{_DRAFT}/deliveries"): lambda *_: {},
    ("transfer", "POST", f"{_DRAFT}/withdrawals"): lambda *_: {},
    ("transfer", "POST", f"{_DRAFT}/items"): lambda *_: {"title": "干部履历表", "declared_page_count": 1},
    ("transfer", "PATCH", _ITEM): lambda *_: {"declared_page_count": 2},
    ("transfer", "POST", f"{_ITEM}/pages"): lambda _, ids: {"blob_tickets": [ids["ticket"]]},
    ("audit", "POST", f"{_TASK}/decisions"): lambda *_: _SIGNED,
    ("catalog", "POST", "/v1/persons"): _person,
    ("catalog", "PATCH", "/v1/persons/{person_id}"): lambda *_: {"rank": f"正科级{uuid.uuid4().hex[:4]}"},
    ("catalog", "POST", "/v1/persons/searches"): lambda world, _: {"person_no": world.county.person().person_no},
    ("catalog", "POST", "/v1/persons/{person_id}/kin"): lambda *_: {"kin": [], "complete": False},
    ("catalog", "POST", "/v1/persons/{person_id}/facts"): lambda *_: {
        "facts": [{"kind": "speciality", "value": {"text": f"统计{uuid.uuid4().hex[:4]}"}}]
    },
    ("catalog", "POST", "/v1/persons/{person_id}/lrmx-imports"): _form,
    ("catalog", "POST", "/v1/managing-authorities"): _authority,
    ("catalog", "PATCH", "/v1/managing-authorities/{authority_id}"): lambda *_: {
        "office": f"县委{uuid.uuid4().hex[:4]}"
    },
    ("catalog", "POST", "/v1/dossiers"): _dossier,
    ("catalog", "PATCH", "/v1/dossiers/{dossier_id}"): lambda *_: {"dossier_no": f"T-{uuid.uuid4().hex[:8]}"},
    ("catalog", "POST", "/v1/dossiers/searches"): lambda world, _: {"person_no": world.county.person().person_no},
    ("catalog", "POST", "/v1/dossiers/{dossier_id}/materials"): _materials,
    ("catalog", "POST", "/v1/materials/batches"): _batch,
    ("catalog", "POST", "/v1/operations/{operation_id}/cancellations"): lambda *_: {},
    ("catalog", "POST", "/v1/operations/{operation_id}/undos"): lambda *_: {},
    ("catalog", "POST", "/v1/findings/{finding_id}/waivers"): lambda *_: {"reason": "原件如此"},
    ("catalog", "POST", "/v1/findings/{finding_id}/waiver-revocations"): lambda *_: {},
    ("catalog", "POST", "/v1/gaps/{gap_id}/explanations"): lambda _, ids: {"material_id": ids["material_id"]},
    ("catalog", "PATCH", "/v1/dossiers/{dossier_id}/gap-profile"): lambda *_: {"service_until": 2030},
    ("catalog", "POST", "/v1/dossiers/prints"): lambda _, ids: {"dossier_ids": [ids["dossier_id"]]},
    ("catalog", "POST", "/v1/dossiers/{dossier_id}/appointment-forms"): lambda *_: {"post_proposed": "副县长"},
    ("catalog", "POST", "/v1/dossiers/{dossier_id}/scheme-moves"): lambda *_: {"scheme": "r2009", "reason": "试验"},
    ("catalog", "POST", "/v1/vocabularies/{name}/entries"): _word,
    ("catalog", "PATCH", "/v1/vocabularies/{name}/entries/{code}"): lambda *_: {"en": "Han"},
    ("catalog", "POST", f"{_TASK}/decisions"): lambda _, ids: {
        "outcome": "approve",
        **({} if "removal_asked" in ids else {"category": "10"}),
    },
    **appraised.BODIES,
    **claimed.BODIES,
    **gated.BODIES,
    **campaigning.BODIES,
    **reviewing.BODIES,
    **adjudged.BODIES,
    **bound.BODIES,
    **desk.BODIES,
    **identified.BODIES,
    **scans.BODIES,
    **portraits.BODIES,
    **shelf.BODIES,
    ("gateway", "POST", "/v1/stream-tickets"): lambda _, ids: {"operation_id": ids["operation_id"]},
    ("access", "POST", "/v1/view-requests"): lambda world, _: world.view_request,
    ("access", "POST", f"{_REQUEST}/withdrawals"): lambda *_: {},
    ("access", "POST", f"{_TASK}/decisions"): lambda *_: _SIGNED,
    ("access", "POST", "/v1/grants/{grant_id}/revocations"): lambda *_: {"reasons": ["no_longer_needed"]},
}


async def renewed(world: World, endpoint: Endpoint, role: str) -> Ids:
    """Ids for a request of this role that shall succeed: fresh ones where a request uses its resource up."""
    service, method, path = endpoint
    county, ids = world.county, dict(world.ids)
    if role == "digitizer":  # serves in the organisation department only
        ids["unit_id"] = county.loaded.units["QL01"]
    if service == "transfer" and method != "GET" and path.startswith((_DRAFT, _ITEM)):
        ids |= await made.draft(county, made.ACCOUNT_OF[role])
    elif endpoint == ("catalog", "POST", "/v1/dossiers"):
        ids |= await made.person_without_dossier(county)
    elif endpoint == appraised.REPORTED:
        ids |= await appraised.fresh(county)
    elif endpoint == appraised.HELD:
        ids |= await made.open_appraisal(county)
    elif endpoint == appraised.ALTERED:
        pass
    elif endpoint in appraised.BODIES and "{alteration_id}" in path:
        ids |= await appraised.altered(county, ids["material_id"], confirmed=endpoint == appraised.FOLLOWED)
    elif endpoint in appraised.BODIES:
        ids |= await made.held_apart(county)
    elif endpoint in claimed.BODIES and "{claim_id}" in path:
        ids |= await claimed.fresh(county, (await made.person_without_dossier(county))["person_id"])
    elif endpoint == gated.APPROVED:
        ids |= await gated.scored(county, ids["dossier_id"])
    elif endpoint == gated.LENT:
        ids |= await gated.newcomer(county, (await made.person_without_dossier(county))["person_id"])
    elif endpoint == gated.GIVEN_BACK:
        ids |= await gated.lent(county, (await made.person_without_dossier(county))["person_id"])
    elif endpoint in gated.BODIES and "{" in path:
        ids |= await gated.fresh(county, (await made.person_without_dossier(county))["person_id"])
    elif endpoint in identified.BODIES:
        ids |= await identified.fresh(county, decided="{decision_id}" in path)
    elif endpoint in reviewing.OPEN:
        ids |= await reviewing.fresh(county, drafted=endpoint == reviewing.SUBMITTED)
        ids["appraised_page_id"] = ids["page_id"]
    elif endpoint in adjudged.BODIES:
        ids |= await adjudged.fresh(county, endpoint)
    elif endpoint in bound.BODIES:
        ids |= await bound.fresh(county, endpoint)
    elif endpoint in (*reviewing.OPENED, *adjudged.PRINTED, *bound.SEEN, campaigning.SEEN_DOSSIER):
        if not world.looked_at:
            world.looked_at |= await bound.fresh(county, bound.SEEN[0])
        ids |= world.looked_at
    elif endpoint in campaigning.BODIES:
        ids |= await campaigning.fresh(county, path)
    elif endpoint in desk.BODIES:
        ids |= await desk.fresh(county, (await made.person_without_dossier(county))["person_id"])
        if "undoings" in path:
            ids |= await desk.changed(county, ids)
        elif "restorations" in path:
            await desk.removed(county, ids)
    elif endpoint in scans.BODIES:
        person = (await made.person_without_dossier(county))["person_id"]
        ids |= await scans.fresh(county, person, county.loaded.units["QL01"], made.ACCOUNT_OF[role], path)
    elif endpoint in (portraits.PUT, portraits.SEEN):
        person = (await made.person_without_dossier(county))["person_id"]
        ids |= await portraits.fresh(county, person, endpoint, made.ACCOUNT_OF[role])
    elif endpoint in shelf.BODIES:
        ids |= await shelf.fresh(county, (await made.person_without_dossier(county))["person_id"], path)
    elif service == "catalog" and path.startswith(_TASK) and role == "leader":
        ids |= await desk.fresh(county, (await made.person_without_dossier(county))["person_id"])
        ids |= {**await desk.asked(county, ids), "removal_asked": "yes"}
    elif path.startswith("/v1/findings/{finding_id}"):
        ids |= await reviewed.finding(county, waived="revocations" in path)
    elif path.startswith("/v1/gaps/{gap_id}"):
        ids |= await reviewed.gap(county)
    elif path.endswith(("{operation_id}/undos", "{operation_id}/cancellations")):
        ids |= await reviewed.batch(county, ended=path.endswith("undos"))
    elif service == "access" and path.startswith((_REQUEST, _TASK, "/v1/grants/{grant_id}/revocations")):
        signatures = 2 if "grant" in path else int(role == "leader")
        ids |= await made.asked(county, ids["category"], signatures=signatures)
    return ids


def path_of(endpoint: Endpoint, ids: Ids) -> str:
    """The address of this endpoint for these resources."""
    service, _, template = endpoint
    if service == "audit":
        template = template.replace("{page_id}", "{appraised_page_id}")
    template = template.replace("{task_id}/examinations", "{dossier_audit_task_id}/examinations")
    template = template.replace("/figures/{figure}", "/figures/audited")
    template = template.replace("/prints/{kind}", "/prints/cover").replace("/forms/{kind}", "/forms/resume-form")
    template = template.replace("/prints/{form}", "/prints/determination-form")
    template = template.replace("/v1/findings", "/v1/findings?code=CAT-008") if template == "/v1/findings" else template
    template = "/v1/labels?of=slots&cabinet_id={cabinet_id}" if template == "/v1/labels" else template
    template = template.replace("{enhancement_no}", "1").replace("/teams/{kind}", "/teams/mounting")
    template = template.replace("/superior-review-counts", "/superior-review-counts?year=2026")
    template = template.replace("/consequence-counts", "/consequence-counts?year=2026")
    template = template.replace("/consequence-bulletins/pdf", "/consequence-bulletins/pdf?unit_id={unit_id}&year=2026")
    template = template.replace("/scheme-plan", "/scheme-plan?scheme=r2009")
    template = template.replace("/vocabularies/{name}", "/vocabularies/ethnicity").replace("/{code}", "/01")
    return template.replace("{task_id}", f"{{{service}_task_id}}").format(**ids)


def options_of(world: World, endpoint: Endpoint, ids: Ids) -> dict[str, Any]:
    """Headers and body of a request to this endpoint."""
    _, method, path = endpoint
    headers: dict[str, str] = {}
    if method != "GET":
        headers |= {"Idempotency-Key": str(uuid.uuid4()), "If-Match": '"1"'}
    if path == "/idp/token":
        return {"data": {"grant_type": "password", "username": "cadre", "password": ACCOUNTS["secret"]}}
    if path == "/v1/uploads":
        headers |= {"Content-Type": "image/jpeg", "Repr-Digest": to_repr_digest(digest_of(world.page))}
        return {"headers": headers, "content": world.page, "params": {"unit_id": ids["unit_id"]}}
    if method == "PATCH":
        headers["Content-Type"] = "application/merge-patch+json"
    make = BODIES.get(endpoint)
    if make is None:
        return {"headers": headers}
    body = make(world, ids)
    if isinstance(body, bytes):
        return {"headers": headers | {"Content-Type": "application/xml"}, "content": body}
    return {"headers": headers, "json": body}
