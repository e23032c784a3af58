"""The walks of docs/, pasted block by block into a shell against the running system: what they say must happen."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from deploy.embedded.layout import TREE
from tests.support.county import County

DOCS = TREE / "docs"
PATIENCE_S = 300
CATALOGUE = [
    ("1-1", "干部履历表"),
    ("2-1", "自传"),
    ("3-1", "2021年度考核登记表"),
    ("3-2", "2022年度考核登记表"),
    ("3-3", "2023年度考核登记表"),
    ("3-4", "样例材料：2024年度考核登记表"),
    ("4-1-1", "高等学校招生报考登记表"),
    ("4-1-2", "学生成绩单"),
    ("4-1-3", "普通高等学校毕业生登记表"),
    ("6-1", "入党志愿书"),
    ("6-2", "入党申请书"),
    ("6-3", "转正申请书"),
    ("9-2-1", "公务员录用审批表"),
    ("9-2-2", "干部任免审批表"),
    ("9-2-3", "公务员登记表"),
    ("10-1", "驻村帮扶群众评议记录"),
]
"""What stands in the dossier in the end."""


def blocks(walk: str) -> list[str]:
    """The blocks that a reader of this walk pastes, in order."""
    return re.findall(r"^```bash\n(.*?)^```$", (DOCS / walk).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def script(walk: str, ends_with: str, url: str) -> str:
    """The walk for a system that no command has started; its last block asks one that `dangan up` runs."""
    *steps, last = blocks(walk)
    assert ends_with in last
    text = "\n".join(steps)
    asked = "$(.venv/bin/dangan status --json | field gateway)"
    assert asked in text
    text = text.replace(asked, url)
    return text.replace(".venv/bin/python", sys.executable).replace(".venv/bin/dangan", f"{sys.executable} -m cli.main")


async def pasted(text: str, folder: Path) -> str:
    """What a shell tells that is given all of it; the first command that fails ends it."""
    run = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-e", "-u", "-o", "pipefail"],
        input=text,
        cwd=TREE,
        env={
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


async def test_the_archivists_walk_leads_to_a_bound_and_counted_volume(county: County, tmp_path: Path):
    """Each block does what its text says; the one refusal is the one that the text announces."""
    told = await pasted(script("archivist.md", "dangan backup", county.system.url), tmp_path)
    refusals = [line for line in told.splitlines() if '"request_id":' in line]
    assert len(refusals) == 1, told
    assert '"/materials/13/category"' in refusals[0]
    arranging, _, arranged = told.partition("2022年度考核登记表  approved")
    for found in ("CAT-002", "CAT-015", "缺 2024", "缺 公务员（参公）登记表"):
        assert found in arranging
        assert found not in arranged
    assert arranged.splitlines()[-1] == "closed"
    assert await _catalogue(county, arranged) == CATALOGUE
    [folder] = tmp_path.iterdir()
    for name in ("labels", "catalogue", "cover", "spine-label"):
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF"), name
    assert (folder / "straight.jpg").read_bytes().startswith(b"\xff\xd8")


AUDITED = [
    "钱国强",
    "['approving_organ', 'date', 'document_no']",
    "second_check",
    "accepted",
    "refused",
    "rejected",
    "birth_date 1975.03 → 1975.03 proposed",
    "birth_date 1975.03 → 1976.03 consistent",
    "running",
    "pledge-missing",
    "not-found",
    "birth_date",
    "83.33",
    "unchanged",
    "birth_date  True  proposed",
    "collective_determination",
    "state-conflict",
    "signed",
    "filed",
    "1975-03",
    "填小 1",
    "closed",
    "refused 缺少关键原件：公务员登记表。补交原件，或由单位出具短缺说明",
    "False  refused",
    "cleared",
    "97.00",
    "excellent",
    "许文博 same_sound same_person True",
    "in_force",
]
"""What the auditor's walk tells, in this order, with other lines between."""


async def test_the_auditors_walk_leads_from_a_paper_to_a_determination_and_a_clearance(county: County, tmp_path: Path):
    """Each block does what its text says, the refusals that it announces included; and nothing else is refused."""
    told = await pasted(script("auditor.md", "campaigns verify-blind", county.system.url), tmp_path)
    assert '"request_id":' not in told, told
    lines = iter(told.splitlines())
    for expected in AUDITED:
        assert expected in lines, f"{expected} is missing, or told too late:\n{told}"
    [folder] = tmp_path.iterdir()
    assert (folder / "determination-form.pdf").read_bytes().startswith(b"%PDF")


async def _catalogue(county: County, told: str) -> list[tuple[str, str]]:
    """Code and title of each material in the dossier that the walk has made."""
    archivist = county.signed_in("archivist")
    [number] = set(re.findall(r"WALK-\d+", told))
    [found] = (await archivist.post("/v1/dossiers/searches", {"dossier_no": number}))["items"]
    catalogue = await archivist.get(f"/v1/dossiers/{found['id']}/catalogue")
    return [(row["material_code"], row["title"]) for head in catalogue["headings"] for row in head["items"]]
