"""Keep the dictionaries that an archivist may edit: words in two languages with their validity and their merges."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0012"
down_revision = "catalog_0011"
branch_labels = None
depends_on = None

# A dictionary is the house's, not a unit's: it holds words and nothing of anybody. An entry is never deleted: it
# ends (`valid_to`), or goes over into another (`merged_into`), which has itself gone over into none.
# `fact_kind` names the facts of persons whose word it lists; they hold the word as it was written.
TABLES = """
create table catalog.vocabulary (
  name text primary key check (name ~ '^[a-z][a-z_]{1,39}$'),
  zh text not null check (char_length(zh) between 1 and 100),
  en text not null check (char_length(en) between 1 and 100),
  fact_kind text
);
grant select on catalog.vocabulary to catalog_svc;

create table catalog.vocabulary_entry (
  vocabulary text not null references catalog.vocabulary,
  code text not null check (code ~ '^[a-z0-9_]{1,40}$'),
  version bigint not null check (version > 0),
  zh text not null check (char_length(zh) between 1 and 100),
  en text not null check (char_length(en) between 1 and 100),
  position int not null check (position > 0),
  valid_from date,
  valid_to date,
  merged_into text,
  changed_at timestamptz not null,
  primary key (vocabulary, code),
  foreign key (vocabulary, merged_into) references catalog.vocabulary_entry (vocabulary, code),
  check (merged_into <> code),
  check (valid_to >= valid_from)
);
create unique index vocabulary_entry_zh on catalog.vocabulary_entry (vocabulary, zh) where merged_into is null;
create index vocabulary_entry_position on catalog.vocabulary_entry (vocabulary, position, code);
create index vocabulary_entry_merged on catalog.vocabulary_entry (vocabulary, merged_into)
  where merged_into is not null;
grant select, insert, update on catalog.vocabulary_entry to catalog_svc;

create index fact_word on catalog.fact
  (kind, (coalesce(value->>'text', value->>'party', value->>'level', value->>'degree', value->>'grade')))
  where ended_at is null and kind in ('ethnicity', 'party', 'health', 'rank', 'education', 'degree', 'assessment');
"""

VOCABULARIES = [
    ("ethnicity", "民族（GB/T 3304）", "Ethnic groups (GB/T 3304)", "ethnicity"),
    ("political_status", "政治面貌（GB/T 4762）", "Political status (GB/T 4762)", "party"),
    ("health", "健康状况（GB/T 2261.3）", "State of health (GB/T 2261.3)", "health"),
    ("rank", "职务层次", "Ranks", "rank"),
    ("education_level", "学历（GB/T 4658）", "Levels of education (GB/T 4658)", "education"),
    ("degree", "学位（GB/T 6864）", "Degrees (GB/T 6864)", "degree"),
    ("assessment_grade", "年度考核等次", "Grades of the yearly assessment", "assessment"),
]

GROUPS = """
汉族 Han 蒙古族 Mongol 回族 Hui 藏族 Zang 维吾尔族 Uygur 苗族 Miao 彝族 Yi 壮族 Zhuang 布依族 Bouyei
朝鲜族 Chosen 满族 Man 侗族 Dong 瑶族 Yao 白族 Bai 土家族 Tujia 哈尼族 Hani 哈萨克族 Kazak 傣族 Dai
黎族 Li 傈僳族 Lisu 佤族 Va 畲族 She 高山族 Gaoshan 拉祜族 Lahu 水族 Sui 东乡族 Dongxiang 纳西族 Naxi
景颇族 Jingpo 柯尔克孜族 Kirgiz 土族 Tu 达斡尔族 Daur 仫佬族 Mulao 羌族 Qiang 布朗族 Blang 撒拉族 Salar
毛南族 Maonan 仡佬族 Gelao 锡伯族 Xibe 阿昌族 Achang 普米族 Pumi 塔吉克族 Tajik 怒族 Nu 乌孜别克族 Uzbek
俄罗斯族 Russ 鄂温克族 Ewenki 德昂族 Deang 保安族 Bonan 裕固族 Yugur 京族 Gin 塔塔尔族 Tatar 独龙族
Derung 鄂伦春族 Oroqen 赫哲族 Hezhen 门巴族 Monba 珞巴族 Lhoba 基诺族 Jino
"""

ENTRIES = {
    "ethnicity": [
        (f"{no:02d}", zh, en) for no, (zh, en) in enumerate(zip(*[iter(GROUPS.split())] * 2, strict=True), start=1)
    ],
    "political_status": [
        ("01", "中共党员", "Member of the CPC"),
        ("02", "中共预备党员", "Probationary member of the CPC"),
        ("03", "共青团员", "Member of the Communist Youth League"),
        ("04", "民革党员", "Member of the Revolutionary Committee"),
        ("05", "民盟盟员", "Member of the Democratic League"),
        ("06", "民建会员", "Member of the National Construction Association"),
        ("07", "民进会员", "Member of the Association for Promoting Democracy"),
        ("08", "农工党党员", "Member of the Peasants' and Workers' Party"),
        ("09", "致公党党员", "Member of the Zhi Gong Party"),
        ("10", "九三学社社员", "Member of the Jiusan Society"),
        ("11", "台盟盟员", "Member of the Self-Government League"),
        ("12", "无党派人士", "Without party affiliation"),
        ("13", "群众", "Of no party"),
    ],
    "health": [
        ("1", "健康", "Healthy"),
        ("2", "一般", "Fair"),
        ("3", "有慢性病", "Chronic illness"),
        ("6", "残疾", "Disabled"),
    ],
    "rank": [
        ("provincial_chief", "省部级正职", "Provincial or ministerial, principal"),
        ("provincial_deputy", "省部级副职", "Provincial or ministerial, deputy"),
        ("bureau_chief", "厅局级正职", "Department or bureau, principal"),
        ("bureau_deputy", "厅局级副职", "Department or bureau, deputy"),
        ("county_chief", "县处级正职", "County or division, principal"),
        ("county_deputy", "县处级副职", "County or division, deputy"),
        ("township_chief", "乡科级正职", "Township or section, principal"),
        ("township_deputy", "乡科级副职", "Township or section, deputy"),
        ("staff_member", "科员", "Staff member"),
        ("clerk", "办事员", "Clerk"),
    ],
    "education_level": [
        ("10", "研究生", "Postgraduate"),
        ("20", "大学本科", "Undergraduate"),
        ("30", "大学专科", "College"),
        ("40", "中等专业学校", "Secondary vocational"),
        ("60", "普通高中", "Upper secondary"),
        ("70", "初中", "Lower secondary"),
        ("80", "小学", "Primary"),
    ],
    "degree": [
        ("1", "名誉博士", "Honorary doctorate"),
        ("2", "博士", "Doctorate"),
        ("3", "硕士", "Master's degree"),
        ("4", "学士", "Bachelor's degree"),
    ],
    "assessment_grade": [
        ("excellent", "优秀", "Excellent"),
        ("competent", "称职", "Competent"),
        ("basically_competent", "基本称职", "Basically competent"),
        ("incompetent", "不称职", "Incompetent"),
        ("not_graded", "不定等次", "Not graded"),
    ],
}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _rows(rows: list[tuple[str, ...]]) -> str:
    return ", ".join("(" + ", ".join(_quoted(member) for member in row) + ")" for row in rows)


def upgrade() -> None:
    run_statements(op, TABLES)
    entries = [(name, str(at), *entry) for name, found in ENTRIES.items() for at, entry in enumerate(found, start=1)]
    run_statements(
        op,
        [
            f"insert into catalog.vocabulary (name, zh, en, fact_kind) values {_rows(VOCABULARIES)}",  # noqa: S608
            "insert into catalog.vocabulary_entry (vocabulary, position, code, zh, en, version, changed_at)"  # noqa: S608
            " select vocabulary, position::int, code, zh, en, 1, now()"
            f" from (values {_rows(entries)}) as v(vocabulary, position, code, zh, en)",
        ],
    )


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
