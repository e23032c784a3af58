"""The generated contracts: current, complete, and one document out of many."""

from pathlib import Path
from typing import Any

import pytest

from cli.specs import states
from cli.specs.__main__ import generated, main, stale
from cli.specs.asyncapi import asyncapi
from cli.specs.openapi import GATEWAY, merge
from contracts.events import DATA_MODELS, HEARS
from contracts.problems import CATALOGUE
from contracts.roles import all_permissions
from gateway.api.tasks import OWNERS
from gateway.edge.routing import known_segments, route_of
from tests.support.published import published

PARTS = published()


def operation(permission: str = "a:b", schema: str = "In", **changes: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    whole = {
        "operationId": "do", "description": permission, "x-permission": permission, "parameters": [],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "`ok`", "content": content}},
    }  # fmt: skip
    return {**whole, **changes}


def part(path: str, held: dict[str, Any], **schemas: Any) -> dict[str, Any]:
    return {"paths": {path: {"post": held}}, "components": {"schemas": schemas}}


def test_the_committed_contracts_are_current():
    """What stands in the repository is what the code says."""
    assert stale(generated()) == []


def test_a_stale_file_is_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Missing and differing files are stale; current ones are not."""
    current, other = tmp_path / "a.json", tmp_path / "b.json"
    current.write_text("1")
    other.write_text("2")
    found = stale({current: "1", other: "3", tmp_path / "c.json": "4"})
    assert {path.name for path in found} >= {"b.json", "c.json"}
    assert "a.json" not in {path.name for path in found}
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_an_address_of_two_services_takes_what_either_takes():
    """Bodies, answers, permissions and descriptions of both."""
    merged = merge({
        "audit": part("/v1/tasks/{id}", operation("audit:x"), In={"type": "object"}),
        "access": part("/v1/tasks/{id}", operation("access:x", "Other"), Other={"type": "string"}),
    })  # fmt: skip
    held = merged["paths"]["/v1/tasks/{id}"]["post"]
    choice = {"anyOf": [{"$ref": "#/components/schemas/Other"}, {"$ref": "#/components/schemas/In"}]}
    assert held["requestBody"]["content"]["application/json"]["schema"] == choice
    assert held["responses"]["200"]["content"]["application/json"]["schema"] == choice
    assert held["x-permission"] == "access:x | audit:x"
    assert held["description"] == "access:x\n\naudit:x"
    assert "x-own" not in held


def test_the_gateways_own_answer_stands_alone():
    """It merges the lists of the services, so theirs are not addresses of their own."""
    merged = merge({
        "audit": part("/v1/tasks", operation("audit:x"), In={}),
        GATEWAY: part("/v1/tasks", operation("task:list"), In={}),
    })  # fmt: skip
    assert merged["paths"]["/v1/tasks"]["post"]["x-permission"] == "task:list"


def test_schemas_of_one_name_and_two_meanings_are_told_apart():
    """Also those that refer to them; what is the same stands once."""
    outer = {"properties": {"inner": {"$ref": "#/components/schemas/Inner"}}}
    merged = merge({
        "audit": part("/v1/a", operation(schema="Outer"), Inner={"type": "string"}, Outer=outer, Same={}),
        "access": part("/v1/b", operation(schema="Outer"), Inner={"type": "integer"}, Outer=outer, Same={}),
    })  # fmt: skip
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"AuditInner", "AuditOuter", "AccessInner", "AccessOuter", "Same"}
    assert schemas["AuditOuter"]["properties"]["inner"] == {"$ref": "#/components/schemas/AuditInner"}
    body = merged["paths"]["/v1/b"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/AccessOuter"}


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("document", [merge(PARTS), asyncapi(), *PARTS.values()])
def test_every_reference_leads_somewhere(document: dict[str, Any]):
    """No dangling `$ref`."""
    for reference in references(document):
        node: Any = document
        for key in reference.removeprefix("#/").split("/"):
            assert key in node, reference
            node = node[key]


@pytest.mark.parametrize("service", PARTS)
def test_each_address_is_routed_to_who_serves_it(service: str):
    """A path that a service has and the gateway does not know is caught here."""
    ids = {"catalog": "tskc_0", "audit": "tsku_0", "access": "tskx_0", "transfer": "tskt_0", GATEWAY: ""}
    for path in PARTS[service]["paths"]:
        if not path.startswith("/v1/") or (path == "/v1/tasks" and service != GATEWAY):
            continue
        filled = path.replace("{task_id}", ids[service])
        filled = filled.replace("{operation_id}", ids[service].replace("tsk", "opn"))
        for name in ("{", "}"):
            filled = filled.replace(name, "")
        route = route_of(filled.encode())
        assert route is not None, path
        assert route.service == ("identity" if service == GATEWAY else service), path


def test_no_segment_is_routed_for_nothing():
    """Each first segment that the gateway knows has an address."""
    used = {path.split("/")[2] for document in PARTS.values() for path in document["paths"] if path.startswith("/v1/")}
    assert set(known_segments()) - used <= {"openapi.json"}


def test_tasks_are_asked_of_all_who_set_them():
    """The merged list leaves nobody out."""
    setting = {name for name, document in PARTS.items() if "/v1/tasks" in document["paths"]} - {GATEWAY}
    assert set(OWNERS) == setting


def test_each_operation_says_its_permission_and_its_problems_exist():
    """`x-permission` is one of roles.toml (or public), and each problem code is in the catalogue."""
    for document in PARTS.values():
        for path, item in document["paths"].items():
            for held in item.values():
                assert held["x-permission"] in {*all_permissions(), "public"}, path
                for answer in held["responses"].values():
                    if "application/problem+json" in answer.get("content", {}):
                        codes = [code.strip("` ") for code in answer["description"].split("·")]
                        assert set(codes) <= set(CATALOGUE), (path, codes)


def test_who_creates_needs_a_key_and_who_changes_needs_a_version():
    """Headers that FastAPI does not see stand in the document."""
    submissions = PARTS["transfer"]["paths"]["/v1/submissions"]["post"]["parameters"]
    units = PARTS["transfer"]["paths"]["/v1/units/{unit_id}"]["patch"]["parameters"]
    assert "Idempotency-Key" in [one["name"] for one in submissions]
    assert "If-Match" in [one["name"] for one in units]


def test_the_asyncapi_document_holds_every_event_and_listener():
    """Version 3, a channel for each type, a send for its owner, a receive for each listener."""
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert {channel["address"] for channel in document["channels"].values()} == {
        model.broker_subject() for model in DATA_MODELS.values()
    }
    actions = [one["action"] for one in document["operations"].values()]
    assert actions.count("send") == len(DATA_MODELS)
    assert actions.count("receive") == sum(len(heard) for heard in HEARS.values())
    assert all(message["examples"] for message in document["components"]["messages"].values())


@pytest.mark.parametrize("name", states.MACHINES)
def test_every_move_is_drawn_and_the_guide_has_a_place_for_it(name: str):
    """No arrow more, none less; each state with its word."""
    begins, moves = states.MACHINES[name]
    picture = states.drawn(begins, moves)
    arrows = {line.strip() for line in picture.splitlines() if "-->" in line and "[*]" not in line}
    assert arrows == {f"{state} --> {after}: {move}" for (state, move), after in moves.items()}
    assert f"<!-- drawn: {name} -->\n{picture}<!-- end -->" in states.GUIDE.read_text("utf-8")
