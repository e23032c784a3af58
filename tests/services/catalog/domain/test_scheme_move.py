"""What becomes of each material of a dossier that goes over to another scheme."""

import re
from dataclasses import replace

import pytest

from contracts.values.ids import new_id
from services.catalog.domain.scheme import ContentRank
from services.catalog.domain.scheme_move import plan_move, reordered
from services.catalog.domain.standing import Standing
from tests.services.catalog.domain.schemes import r2009, r2018


def filed(title: str, code: str, basis: str = "archivist", **members) -> Standing:
    """A filed material."""
    return Standing(
        material_id=new_id("mat"),
        version=1,
        state="filed",
        title=title,
        page_count=1,
        blob_unit_id=new_id("unt"),
        page_ids=(),
        code=code,
        item_no=1,
        sequence=1,
        basis=basis,
        **members,
    )


@pytest.mark.parametrize(
    ("title", "code", "basis", "to", "by"),
    [
        ("离任审计报告", "5", "r2018:27", "3", "r2009:27"),  # seed 000, R09 art. 9
        ("任前审核登记表", "5", "r2018:4", "10", "r2009:4"),  # 档案审核工作材料归十 (seed 000)
        ("报到证", "10", "r2018:39", "9-2", "r2009:39"),
    ],
)
def test_what_the_schemes_place_differently_moves(title: str, code: str, basis: str, to: str, by: str):
    """By the new scheme's rule, with its source; and back again by the old one's."""
    plan = plan_move([filed(title, code, basis)], r2018(), r2009(), {})
    (move,) = plan.moves
    assert (move.after.code, move.after.basis, plan.kept, plan.undecided) == (to, by, 0, ())
    assert move.source
    (back,) = plan_move([move.after], r2009(), r2018(), {}).moves
    assert (back.after.code, back.after.basis) == (code, basis)


@pytest.mark.parametrize(
    ("title", "code", "basis"),
    [
        ("干部履历表", "1", "r2018:41"),
        ("干部履历表", "2", "r2018:5"),  # filed as mainly an autobiography: the fact is not forgotten
        ("现实表现材料", "9-2", "r2018:12"),
        ("张某某来信", "10", "archivist"),  # neither scheme knows it: where the archivist put it
        ("党员登记表", "10", "archivist"),  # against the rule of both, on purpose
        ("结业证书", "4", "archivist"),  # a row of an old catalogue that waits for its subclass
        ("离任审计报告", "3", "archivist"),  # the archivist put it already where the new scheme wants it
    ],
)
def test_what_both_schemes_place_alike_stays(title: str, code: str, basis: str):
    """Also where an archivist chose another place: the scheme says nothing new of it."""
    plan = plan_move([filed(title, code, basis)], r2018(), r2009(), {})
    assert (plan.moves, plan.undecided, plan.kept, plan.standings()) == ((), (), 1, [])


def test_what_only_a_person_can_decide_is_asked():
    """The new scheme asks; or its rule differs from what an archivist chose. Nothing is guessed."""
    asked = filed("个人有关事项报告表", "2", "r2009:22")
    chosen = filed("离任审计报告", "9-2", "archivist")
    plan = plan_move([asked, chosen], r2009(), r2018(), {})
    causes = {one.standing.material_id: one.cause for one in plan.undecided}
    assert causes == {asked.material_id: "ask", chosen.material_id: "by_archivist"}
    offered = {one.standing.material_id: [c.suggestion.category for c in one.candidates] for one in plan.undecided}
    assert offered[chosen.material_id] == ["5"]
    decided = plan_move([asked, chosen], r2009(), r2018(), {asked.material_id: "10", chosen.material_id: "9-2"})
    (move,) = decided.moves
    assert (move.after.code, move.after.basis, decided.kept) == ("10", "archivist", 1)


def test_an_annex_goes_with_its_form():
    """It stays behind the form, which moves; a decision on the annex alone parts them."""
    form = filed("报到证", "10", "r2018:39")
    annex = filed("情况说明", "10", "r2018:38", annex_of=form.material_id)
    plan = plan_move([annex, form], r2018(), r2009(), {})
    after = {move.before.material_id: move.after for move in plan.moves}
    assert (after[annex.material_id].code, after[annex.material_id].annex_of) == ("9-2", form.material_id)
    parted = plan_move([annex, form], r2018(), r2009(), {annex.material_id: "10"})
    assert [move.before.material_id for move in parted.moves] == [form.material_id]


def test_an_annex_that_the_rules_would_move_alone_stays_behind_its_form():
    """Its own title would be placed elsewhere, or asked about; it is annexed, so only its form counts."""
    form = filed("干部任免审批表", "9-2", "r2018:11")
    report = filed("离任审计报告", "9-2", "archivist", annex_of=form.material_id)
    matters = filed("领导干部个人有关事项报告表", "9-2", "archivist", annex_of=form.material_id)
    for old, new in ((r2018(), r2009()), (r2009(), r2018())):
        plan = plan_move([report, matters, form], old, new, {})
        assert (plan.moves, plan.undecided, plan.kept) == ((), (), 3)


def test_an_annex_waits_while_its_form_is_undecided_and_goes_with_the_decision():
    """One question, not two; the annex needs no decision of its own."""
    form = filed("个人有关事项报告表", "2", "r2009:22")
    annex = filed("情况说明", "2", "archivist", annex_of=form.material_id)
    open_plan = plan_move([annex, form], r2009(), r2018(), {})
    assert [one.standing.material_id for one in open_plan.undecided] == [form.material_id]
    assert open_plan.moves == ()
    decided = plan_move([annex, form], r2009(), r2018(), {form.material_id: "10"})
    after = {move.before.material_id: move.after for move in decided.moves}
    assert (after[annex.material_id].code, after[annex.material_id].annex_of) == ("10", form.material_id)


def test_an_annex_decided_into_the_place_of_its_form_stays_behind_it():
    """A decision that names the place where the form goes parts nothing."""
    form = filed("报到证", "10", "r2018:39")
    annex = filed("情况说明", "10", "r2018:38", annex_of=form.material_id)
    plan = plan_move([annex, form], r2018(), r2009(), {annex.material_id: "9-2"})
    after = {move.before.material_id: move.after for move in plan.moves}
    assert (after[annex.material_id].annex_of, after[annex.material_id].basis) == (form.material_id, "archivist")


def test_what_was_parted_from_its_form_before_goes_its_own_way():
    """It stands in another category by somebody's decision; the form's move does not fetch it."""
    form = filed("报到证", "10", "r2018:39")
    parted = filed("考察材料", "3", "r2018:29", annex_of=form.material_id)
    plan = plan_move([parted, form], r2018(), r2009(), {})
    assert [move.before.material_id for move in plan.moves] == [form.material_id]


def test_a_category_that_the_new_scheme_orders_otherwise_is_ordered_anew():
    """An office's own ranks: what stays in the category still gets another position there."""
    ranks = (ContentRank("8", 9, re.compile("处分决定")), *r2009().content_ranks)
    new = replace(r2009(), content_ranks=ranks)
    decision, other = filed("处分决定", "8", "r2018:33"), filed("干部履历表", "1", "r2018:41")
    plan = plan_move([decision, other], r2018(), new, {})
    assert (plan.reordered, plan.kept, plan.moves) == ((decision,), 2, ())
    assert reordered([other], r2018(), new) == []
    leads = replace(r2009(), order=replace(r2009().order, latest_resume_first="order"))
    assert reordered([decision, other], r2018(), leads) == [other]
