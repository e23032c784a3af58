"""Documents as the services make them, with ids and times that never change."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from contracts.documents import (
    AppointmentFormDocument,
    AuditAppointmentFormDocument,
    BasicInfoDocument,
    BoundSetReceiptDocument,
    CatalogueCategory,
    CatalogueDocument,
    CatalogueRow,
    CatalogueSubcategory,
    CoverDocument,
    FamilyRow,
    FiledItem,
    MissingMaterialsDocument,
    MissingRow,
    Party,
    PostChange,
    PostChangesDocument,
    PrintDocument,
    ReceiptDocument,
    RemovedMaterialsDocument,
    RemovedRow,
    ResumeFormDocument,
    ResumeLine,
    ReturnedItem,
    ReturnNoteDocument,
    ReturnReason,
    SheetGeometry,
    SpineLabelDocument,
    Subject,
    VolumeMark,
    document_number,
)
from contracts.documents.bound_set import ReceivedPerson
from contracts.values.digest import digest_of
from contracts.values.ids import from_uuid
from contracts.values.partial_date import PartialDate

AnyPrint = TypeVar("AnyPrint", bound=PrintDocument)

ENGINE = "typst-py 0.15.2"
ISSUED_AT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
TITLES = (
    "干部任免审批表",
    "中共清河县委组织部关于王建国同志任职的通知",
    "2025年度公务员年度考核登记表",
    "参加县处级领导干部进修班（第三期）学员学习情况鉴定表及结业证书复印件",
)
CATEGORIES = (
    "履历类材料",
    "自传和思想类材料",
    "考核鉴定类材料",
    "学历学位、专业技术职务（职称）、学术评鉴和教育培训类材料",
    "政审、审计和审核类材料",
    "党、团类材料",
    "表彰奖励类材料",
    "违规违纪违法处理处分类材料",
    "工资、任免、出国和会议代表类材料",
    "其他可供参考的材料",
)
SUBCATEGORIES = {
    4: ("学历学位材料", "专业技术职务材料", "科研学术材料", "培训材料"),
    9: ("工资材料", "任免材料", "出国（境）审批材料", "会议代表材料"),
}


A4 = SheetGeometry(
    width=210, height=297, side="left", margin=25, hole_inset=12, hole_diameter=5, hole_heights=[54, 137, 220]
)
SIXTEENMO = A4.model_copy(update={"width": 184, "height": 260})


def printed(model: type[AnyPrint], **changes: Any) -> AnyPrint:
    """A print about one person, filled in no further than `changes` says."""
    members = {"engine": ENGINE, "issued_at": ISSUED_AT, "sheet": A4, "dossier_no": "QH-0042", "person_name": "王建国"}
    return model(**{**members, **changes})


def resume_lines(count: int) -> list[ResumeLine]:
    """So many periods, each a long line."""
    text = "清河县财政局预算股股长、党组成员，兼任国有资产管理办公室主任，分管预算编制工作，联系乡镇财政所以及基层单位"
    return [ResumeLine(begins=f"{1950 + i}.01", ends=f"{1951 + i}.01", text=f"第{i}段{text}") for i in range(count)]


def forms() -> list[PrintDocument]:
    """One of each form, label and cover."""
    day = date(2026, 11, 24)
    family = [FamilyRow(appellation="妻子", name="李红梅", age=54)]
    volumes = [VolumeMark(kind="original", no=1), VolumeMark(kind="original", no=2), VolumeMark(kind="duplicate")]
    row = RemovedRow(code="9-2", title=TITLES[1], formed_on="2012-02", page_count=2, reason="重复材料")
    missing = MissingRow(
        category="3", title="年度考核登记表", copies=32, registered_on="2026-11-20", remark="1994—2025年"
    )
    change = PostChange(
        begins="2001.06", ends="2006.11", post="清河县财政局预算股股长", document_no="清组干〔2001〕15号"
    )
    return [
        printed(AppointmentFormDocument, resume=resume_lines(3), family=family, computed_on=day),
        printed(ResumeFormDocument, resume=resume_lines(3), computed_on=day),
        printed(BasicInfoDocument, family=family, posts=resume_lines(2), computed_on=day),
        printed(PostChangesDocument, rows=[change]),
        printed(SpineLabelDocument, native_place="山东清河", length=220, labels=volumes),
        printed(CoverDocument, volumes=volumes),
        printed(RemovedMaterialsDocument, rows=[row]),
        printed(MissingMaterialsDocument, rows=[missing]),
        printed(AuditAppointmentFormDocument, determined=["出生年月1970.05"], computed_on=day),
    ]


def an_id(prefix: str, number: int = 1) -> str:
    """The same id in every run."""
    return from_uuid(prefix, UUID(int=(0x0193 << 112) | (7 << 76) | (2 << 62) | number))


def submission_members(engine: str = ENGINE) -> dict[str, Any]:
    """What a receipt and a return note have in common."""
    return {
        "engine": engine,
        "issued_at": ISSUED_AT,
        "submission_id": an_id("sub"),
        "issuer": Party(unit_id=an_id("unt", 1), name="中共清河县委组织部"),
        "sender": Party(unit_id=an_id("unt", 2), name="清河县财政局"),
        "handed_in_by": "李红梅",
        "delivered_on": date(2026, 11, 20),
        "person": Subject(person_no="330185004217", name="王建国", dossier_no="QH-0042", post="清河县财政局预算股股长"),
    }


def item_members(index: int) -> dict[str, Any]:
    """The item of this index, with two pages."""
    dates = (PartialDate(value="2026-03-12"), PartialDate(value="2026-04"), PartialDate(value="2025"), None)
    return {
        "item_id": an_id("itm", index + 1),
        "material_id": an_id("mat", index + 1),
        "title": TITLES[index % 4],
        "formed_on": dates[index % 4],
        "declared_page_count": 2,
        "page_count": 2,
        "page_digests": [digest_of(f"{index}/{page}".encode()) for page in range(2)],
    }


def receipt(items: int = 3, **changes: Any) -> ReceiptDocument:
    """A receipt of this many items."""
    filed = [
        FiledItem(**item_members(i), category="9-2", item_no=i + 1, filed_on=date(2026, 11, 23)) for i in range(items)
    ]
    members = {"number": document_number("清组收", 2026, 1), "receipt_id": an_id("rcp"), "items": filed}
    return ReceiptDocument(**{**submission_members(), **members, **changes})


def return_note(items: int = 2, **changes: Any) -> ReturnNoteDocument:
    """A return note of this many items, each with two reasons."""
    reasons = [ReturnReason(code="A2", text="手续不完备"), ReturnReason(code="seal_missing", text="缺少印章")]
    returned = [ReturnedItem(**item_members(i), reasons=reasons, correct_by=date(2026, 12, 24)) for i in range(items)]
    members = {"number": document_number("清组退", 2026, 1), "return_note_id": an_id("rtn"), "items": returned}
    return ReturnNoteDocument(**{**submission_members(), **members, **changes})


def catalogue(rows: int = 3, **changes: Any) -> CatalogueDocument:
    """All ten categories, 3, 4 and 9 on pages of their own, with this many rows in each part."""
    categories = [
        CatalogueCategory(
            no=no,
            name=name,
            own_page=no in (3, 4, 9),
            rows=[] if no in SUBCATEGORIES else catalogue_rows(rows, str(no)),
            subcategories=[
                CatalogueSubcategory(no=part, name=part_name, rows=catalogue_rows(rows, f"{no}-{part}"))
                for part, part_name in enumerate(SUBCATEGORIES.get(no, ()), 1)
            ],
        )
        for no, name in enumerate(CATEGORIES, 1)
    ]
    members: dict[str, Any] = {
        "engine": ENGINE,
        "issued_at": ISSUED_AT,
        "sheet": A4,
        "dossier_id": an_id("dos"),
        "dossier_no": "QH-0042",
        "person_name": "王建国",
        "categories": categories,
    }
    return CatalogueDocument(**{**members, **changes})


def catalogue_rows(count: int, place: str = "1") -> list[CatalogueRow]:
    """Rows 1 to `count` of a place."""
    return [
        CatalogueRow(
            item_no=i + 1,
            code=f"{place}-{i + 1}",
            title=TITLES[i % 4],
            formed_on=item_members(i)["formed_on"],
            page_count=i + 1,
            remark="复制件" if i == 1 else "",
        )
        for i in range(count)
    ]


def bound_set_receipt(**changes: Any) -> BoundSetReceiptDocument:
    """The archive has a unit's set of two persons."""
    members: dict[str, Any] = {
        "engine": ENGINE,
        "issued_at": datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
        "number": document_number("清组册收", 2026, 1),
        "bound_set_id": an_id("bds"),
        "issuer": Party(unit_id=an_id("unt"), name="中共清源县委组织部"),
        "campaign": "2026年专项审核",
        "handed_over_on": date(2026, 11, 24),
        "given_by": "王审",
        "received_by": "赵档",
        "page_count": 8,
        "digest": digest_of(b"set"),
        "persons": [
            ReceivedPerson(position=position, name=name, dossier_no=f"D-{position}", page_count=3)
            for position, name in enumerate(("欧阳修", "苏小小"), start=1)
        ],
    }
    return BoundSetReceiptDocument(**{**members, **changes})
