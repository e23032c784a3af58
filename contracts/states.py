"""Words for the states that a refusal names, so that its sentence is of one language.

The answer's member `state` stays the code, which clients test. A state without a word here is shown as its code.
"""

from collections.abc import Mapping
from typing import Final

from contracts.problems import Lang, Text

STATES: Final[Mapping[str, Text]] = {
    # Of tasks and requests, as on the chips of the screens.
    "draft": Text("草稿", "draft"),
    "pending": Text("待处理", "pending"),
    "in_progress": Text("处理中", "in progress"),
    "returned": Text("待补正", "returned"),
    "approved": Text("已同意", "approved"),
    "rejected": Text("不同意", "rejected"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "expired": Text("已过期", "expired"),
    "revoked": Text("已收回", "revoked"),
    "submitted": Text("已提交", "submitted"),
    "delivered": Text("已报送", "handed in"),
    "awaiting_verification": Text("待验证学历学位", "waiting for its verification report"),
    "first_check": Text("待初次鉴别", "waiting for the first check"),
    "second_check": Text("待复核", "waiting for the second check"),
    "third_check": Text("待第三人裁定", "waiting for the third check"),
    "recorded": Text("已登记", "recorded"),
    "slip": Text("笔误", "a slip of the pen"),
    "undetermined": Text("未定", "not determined"),
    "quarantined": Text("另行放置", "held apart"),
    "resumed": Text("已恢复鉴别", "back in its appraisal"),
    "dossier kept here": Text("档案已在本单位管理", "its dossier is kept here already"),
    "preview out": Text("已借档审核，尚未归还", "a dossier is lent for it already"),
    "given back": Text("已归还", "given back"),
    "case open": Text("案件未结", "its case is still open"),
    "accepted": Text("已同意归档", "accepted"),
    "appraised": Text("已审核", "appraised"),
    # Of materials, dossiers and volumes.
    "queued": Text("排队等候", "queued"),
    "filed": Text("已归档", "filed"),
    "refused": Text("已退回", "refused"),
    "removed": Text("已剔除", "removed"),
    "merged": Text("已并入另一份材料", "joined to another material"),
    "restored": Text("经批准恢复", "restored by approval"),
    "closed": Text("已关闭", "closed"),
    "dossier closed": Text("档案已关闭", "dossier closed"),
    "dissolved": Text("案卷已撤并", "volume dissolved"),
    "duplicate": Text("副本", "duplicate set"),
    "forged": Text("已认定伪造", "found to be forged"),
    "not_recognised": Text("不予承认", "not recognised"),
    "counts already": Text("已计入", "counts already"),
    "void": Text("审核人已撤下", "reviewer taken off"),
    "pair open": Text("背靠背初审尚未完成", "both first reviews not yet in"),
    # Of dossiers in a special audit.
    "planned": Text("未开始", "planned"),
    "first_review": Text("初审中", "in first review"),
    "compare": Text("待复审", "waiting for the second review"),
    "second_review": Text("复审中", "in second review"),
    "investigation_collection": Text("调查核实与材料收缴中", "being investigated"),
    "collective_determination": Text("待集体研究认定", "before the meeting"),
    "feedback": Text("待向本人反馈", "waiting for feedback to the person"),
    "feedback_signed": Text("本人已签字，待审批", "signed, waiting for approval"),
    "feedback_disputed": Text("本人有异议", "disputed by the person"),
    "authority_approved": Text("已审批", "approved by the managing office"),
    "bound": Text("已装订成册", "bound"),
    # Of bound sets.
    "compiling": Text("正在汇编", "being compiled"),
    "compiled": Text("已汇编", "compiled"),
    "printed": Text("已打印", "printed"),
    "handed_over": Text("已移交档案管理中心", "handed over to the archive"),
    "stored": Text("已集中保管", "kept in the archive"),
    "discarded": Text("已作废", "discarded"),
    "investigation open": Text("尚有调查核实未办结", "an inquiry is still open"),
    "feedback round open": Text("上一次信息反馈尚未答复", "the last feedback round is not answered"),
    "none passed": Text("尚无复审完毕的档案", "no dossier has passed the second review"),
    "taken by another": Text("已由他人复审", "in another second review"),
    "authority unknown": Text("管理权限未登记", "managing office not recorded"),
    # Of acts that came too late.
    "changed since": Text("其间已被改动", "changed since"),
    "decided": Text("已有认定", "decided already"),
    "same person": Text("已认定与另一人为同一人", "decided to be a person who is here already"),
    "undone": Text("已撤销", "undone"),
    "being undone": Text("正在撤销", "being undone"),
    "scanned anew": Text("其间已重新扫描", "scanned anew"),
    # Of clearances and decisions on identity.
    "requested": Text("已申请", "requested"),
    "in_audit": Text("审核中", "in audit"),
    "cleared": Text("审核通过", "cleared"),
    "suspended": Text("暂缓", "suspended"),
    "superseded": Text("已有更新的结论", "superseded by a later one"),
    "in_force": Text("已生效", "in force"),
    # Of needs, findings, gaps and inventories.
    "open": Text("未办结", "open"),
    "done": Text("已完成", "done"),
    "waived": Text("已豁免", "waived"),
    "resolved": Text("已解决", "resolved"),
    "counting": Text("清点中", "counting"),
    "counted": Text("已清点，待第二人核对", "counted, to be confirmed by a second person"),
    "confirmed": Text("已核对", "confirmed"),
    "differences open": Text("尚有差异未处理", "differences not settled"),
    # Of operations.
    "running": Text("进行中", "running"),
    "succeeded": Text("已完成", "succeeded"),
    "failed": Text("未成功", "failed"),
    "cancelled": Text("已取消", "cancelled"),
    "partly_done": Text("部分完成", "partly done"),
}


SUMS: Final[Mapping[str, Text]] = {
    # Of a campaign's report.
    "report dossiers": Text("审核完成＋正在审核＝档案总数", "audited + still in audit = dossiers"),
    "report results": Text(
        "无问题＋需要调查核实＋已核实＝审核完成", "without a problem + to be investigated + verified = audited"
    ),
    "report problems": Text("全部一致＋存在问题＝审核完成", "fully consistent + with problems = audited"),
    "report false": Text("虚填年龄＋虚填学历学位＝虚填", "false age + false education = false statements"),
    "report directions": Text("填大＋填小＋方向不明＝虚填年龄", "overstated + understated + not known = false age"),
    "report overstated purposes": Text("填大各目的之和＝填大", "purposes of overstating = overstated"),
    "report overstated bands": Text("填大各幅度之和＝填大", "bands of overstating = overstated"),
    "report understated purposes": Text("填小各目的之和＝填小", "purposes of understating = understated"),
    "report understated bands": Text("填小各幅度之和＝填小", "bands of understating = understated"),
    "report materials": Text("归档＋退回＋待处理＝收集材料", "filed + returned + pending = materials collected"),
    "report meetings": Text("已上会＋待上会＝应上会认定", "determined + not yet = due before a meeting"),
    "report units": Text("各单位之和＝总数", "all units = total"),
    "report ranks": Text("各职级之和＝总数", "all ranks = total"),
    "report events": Text("按工作记录重新计算＝报表", "counted again from the record of acts = the report"),
}
"""Words for the sums that must hold, as a refusal names them."""

_WORDS: Final = {"state": STATES, "sum": SUMS}


def in_words(params: Mapping[str, object], lang: Lang) -> Mapping[str, object]:
    """The parameters for a sentence in this language: its `state` and its `sum` as words."""
    said = dict(params)
    for name, words in _WORDS.items():
        code = params.get(name)
        if isinstance(code, str) and code in words:
            said[name] = words[code].render(lang, {})
    return said
