"""The closed catalogue of ways in which Dangan says no (RFC 9457), in Chinese and English.

A `Refusal` names a problem and carries parameters, never a finished sentence; the edge renders it in
the caller's language. `code` and `status` never change once published; texts may be improved.
`FAULTS` are the codes of single members inside `errors[]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; `{name}` stands for a parameter, the same names in both."""

    zh: str
    en: str

    def render(self, lang: Lang, params: Mapping[str, Any]) -> str:
        """The sentence in `lang`; a parameter that was not given is shown as a dash, never as a brace."""
        return re.sub(r"\{(\w+)\}", lambda m: str(params.get(m[1], "—")), getattr(self, lang))

    def names(self, lang: Lang) -> set[str]:
        """Names of the parameters that the sentence uses."""
        return set(re.findall(r"\{(\w+)\}", getattr(self, lang)))


@dataclass(frozen=True)
class Problem:
    """One kind of refusal: what clients test (`code`, `status`) and what people read."""

    code: str
    status: int
    title: Text
    detail: Text
    fix: Text
    retryable: bool = False


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one member of the request: RFC 6901 pointer, fault code, parameters (never values)."""

    pointer: str
    code: str
    params: Mapping[str, Any] | None = None


class Refusal(Exception):  # named by the fact, as the house style asks
    """A normal "no": a problem of the catalogue with its parameters.

    `params` fill the texts and are part of the answer's `params` member; they never hold personal data.
    `headers` are sent with the answer, e.g. `Retry-After`.
    """

    problem: ClassVar[Problem]

    def __init__(
        self,
        *,
        pointer: str | None = None,
        errors: Sequence[FieldFault] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(self.problem.code)
        self.pointer = pointer
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """Refusals come back from worker processes, so they survive pickling, whatever a subclass asks for."""
        return _restored, (type(self), self.pointer, self.errors, self.headers, self.params)


def _restored(
    kind: type[Refusal],
    pointer: str | None,
    errors: Sequence[FieldFault],
    headers: Mapping[str, str],
    params: Mapping[str, Any],
) -> Refusal:
    refusal = kind.__new__(kind)
    Refusal.__init__(refusal, pointer=pointer, errors=errors, headers=headers, **params)
    return refusal


CATALOGUE: dict[str, Problem] = {}


def _problem(
    code: str,
    status: int,
    title: tuple[str, str],
    detail: tuple[str, str],
    fix: tuple[str, str],
    *,
    retryable: bool = False,
) -> Problem:
    problem = Problem(code, status, Text(*title), Text(*detail), Text(*fix), retryable)
    CATALOGUE[code] = problem
    return problem


VALIDATION_FAILED = _problem(
    "validation-failed",
    422,
    ("填写内容有误", "The content does not validate"),
    ("请求中有内容不符合要求，详见 errors。", "Some members of the request are not acceptable; see errors."),
    ("按 errors 逐项改正后重新提交。", "Correct each member named in errors and send again."),
)
UNKNOWN_PARAMETER = _problem(
    "unknown-parameter",
    422,
    ("含有未知参数", "Unknown parameter"),
    ("含有本接口没有的查询参数。", "The query holds a parameter that this address does not know."),
    ("去掉 errors 中指出的参数，或改正拼写。", "Remove or respell the parameters named in errors."),
)
PAGE_TOKEN_INVALID = _problem(
    "page-token-invalid",
    400,
    ("翻页凭据已失效，请重新查询", "Page token is no longer valid"),
    ("翻页凭据已过期，或不属于此查询。", "The token has expired or belongs to another query or caller."),
    ("去掉 page_token，从第一页重新查询。", "Leave out page_token and start from the first page."),
)
NOT_SIGNED_IN = _problem(
    "not-signed-in",
    401,
    ("登录已失效，请重新登录", "Sign-in needed"),
    ("没有有效的访问令牌。", "There is no valid access token."),
    (
        "取得新的令牌，放在 Authorization: Bearer 中再试。",
        "Get a new token and send it as Authorization: Bearer.",
    ),
)
ROLE_MISSING = _problem(
    "role-missing",
    403,
    ("当前岗位没有此权限", "Your role does not allow this"),
    ("此操作需要权限 {permission}。", "This needs the permission {permission}."),
    ("请安全保密管理员授予有此权限的岗位。", "Ask the security administrator for a role that holds it."),
)
RECUSAL = _problem(
    "recusal",
    403,
    ("涉及本人或亲属，须回避", "You are, or are related to, the person concerned"),
    ("本人或亲属的档案不得由本人办理或查阅。", "Nobody handles or views their own or a relative's dossier."),
    ("请转交其他人员办理。", "Let another person take this."),
)
SAME_PERSON_TWICE = _problem(
    "same-person-twice",
    403,
    ("初审与复审不能为同一人", "Both reviews cannot be by one person"),
    ("您已办理过上一步。", "You took the earlier step already."),
    ("请由另一人办理这一步。", "Another person must take this step."),
)
PLEDGE_MISSING = _problem(
    "pledge-missing",
    403,
    ("尚未签订保密责任书", "The confidentiality pledge is not signed"),
    ("本次审核的有效保密责任书缺：{accounts}。", "No pledge that holds for this campaign: {accounts}."),
    ("签订后再分派，或分派给其他人员。", "Have it signed first, or give the dossiers to others."),
)
TRAINING_MISSING = _problem(
    "training-missing",
    403,
    ("未完成规定培训", "The required training is missing"),
    ("未参加规定培训（{kinds}）：{accounts}。", "Without the training asked for ({kinds}): {accounts}."),
    (
        "参加培训并登记后再分派，或分派给其他人员。",
        "Have them trained and recorded first, or give the dossiers to others.",
    ),
)
OPEN_REVIEWS = _problem(
    "open-reviews",
    409,
    ("仍有未完成的初审，不能结束", "Reviews are still open"),
    (
        "仍有 {dossiers} 份档案在初审，专项审核不能结束。",
        "{dossiers} dossiers are in first review: it does not close yet.",
    ),
    ("待初审完成，或撤下初审人员后再结束。", "Wait for the reviews, or take their reviewers off, then close it."),
)
REPORT_SUM_DIFFERS = _problem(
    "report-sum-differs",
    409,
    ("统计数不相符，报表未出具", "The report does not add up"),
    (
        "“{sum}”不相符（{figure}）：各项为 {parts}，总数为 {total}。",
        "{sum} does not hold ({figure}): the parts are {parts}, the total is {total}.",
    ),
    (
        "数据可能被系统以外的方式改动，请联系系统管理员核对。",
        "Something may have been changed from outside the system: ask its administrator to look.",
    ),
)
REPORT_CHANGED = _problem(
    "report-changed",
    409,
    ("统计数已有变化，未批准", "The figures have changed: nothing was approved"),
    ("报表与您看到的不同，不能按原数批准公布。", "The report is no longer the one that you saw."),
    ("请重新查看报表后再批准。", "Look at the report again, then approve it."),
)
FEEDBACK_ROUNDS_USED = _problem(
    "feedback-rounds-used",
    409,
    ("信息反馈次数已用完", "All feedback rounds are used"),
    ("已反馈 {limit} 次，不再发出反馈。", "Materials were asked for in {limit} rounds: there is no further one."),
    ("约谈本人，并登记约谈记录（talk-records）。", "Talk to the person, and record the talk (talk-records)."),
)
WRONG_AUTHORITY = _problem(
    "wrong-authority",
    403,
    ("不属本级管理权限", "Another authority decides"),
    ("该干部由 {authority} 管理，应由其审批。", "This person is managed by {authority}, which decides."),
    ("报该机关审批。", "Send it to that office."),
)
SUPERIOR_ONLY = _problem(
    "superior-only",
    403,
    ("须由上级机关复查", "Only a superior office reviews this"),
    (
        "该认定由 {authority} 审批，只能由其上级机关确认、退回或改正。",
        "{authority} approved it: only an office above it confirms, returns or corrects it.",
    ),
    (
        "报其上级机关办理；本级发现问题的，重新启动审核。",
        "Let an office above it act; your own office reopens the dossier.",
    ),
)
VIEW_REFUSED = _problem(
    "view-refused",
    403,
    ("不符合查阅规定（附条款）", "Refused by a viewing rule; `predicate` names it"),
    ("查阅规定 {predicate} 不满足。", "The viewing rule {predicate} is not met."),
    ("按该条款补正，或重新申请查阅。", "Meet that rule, or make a new view request."),
)
NOT_FOUND = _problem(
    "not-found",
    404,
    ("未找到，或无权查看", "Not found, or not visible to you"),
    (
        "没有这个地址或编号，或者不在您的范围内。",
        "There is no such address or id, or it is outside your scope.",
    ),
    ("核对编号；如应可见，请联系管理员。", "Check the id; if you should see it, ask an administrator."),
)
METHOD_NOT_ALLOWED = _problem(
    "method-not-allowed",
    405,
    ("不支持此操作方法", "Method not allowed here"),
    ("此地址不支持该请求方法。", "This address does not take that method."),
    ("见 Allow 响应头和接口文档。", "See the Allow header and the API docs."),
)
STATE_CONFLICT = _problem(
    "state-conflict",
    409,
    ("当前状态不能进行此操作", "Not possible in the present state"),
    ("当前状态为 {state}，不能进行此操作。", "The present state is {state}, which does not allow this."),
    ("重新读取后再决定下一步。", "Read it again and decide what to do next."),
)
IDEMPOTENCY_KEY_MISSING = _problem(
    "idempotency-key-missing",
    400,
    ("缺少 Idempotency-Key", "Idempotency-Key is missing"),
    (
        "此请求须带 Idempotency-Key（8 至 255 个可见 ASCII 字符）。",
        "This request needs an Idempotency-Key of 8 to 255 visible ASCII characters.",
    ),
    ("加上例如 Idempotency-Key: 一个新的 UUID。", "Add, for example, Idempotency-Key: <a new UUID>."),
)
IDEMPOTENCY_IN_PROGRESS = _problem(
    "idempotency-in-progress",
    409,
    ("同一请求正在处理", "The same request is still running"),
    ("使用同一幂等键的请求尚未完成。", "A request with the same key has not finished."),
    ("按 Retry-After 稍候，用同一键重试。", "Wait as Retry-After says, then repeat with the same key."),
    retryable=True,
)
IDEMPOTENCY_KEY_REUSED = _problem(
    "idempotency-key-reused",
    422,
    ("幂等键已用于其他内容", "Key was used with another body"),
    ("此幂等键先前用于不同的请求内容。", "This key was used before with a different request."),
    ("新的请求请使用新的幂等键。", "Use a new key for a new request."),
)
VERSION_STALE = _problem(
    "version-stale",
    412,
    ("内容已被他人更新", "Changed by someone else meanwhile"),
    (
        "当前版本为 {version}，其间改动了：{changed}。",
        "The present version is {version}; changed meanwhile: {changed}.",
    ),
    ("重新读取，合并后以新的 If-Match 再提交。", "Read it again, merge, and send with the new If-Match."),
)
PRECONDITION_REQUIRED = _problem(
    "precondition-required",
    428,
    ("缺少 If-Match", "If-Match is missing"),
    ("修改须带 If-Match，写明您所见的版本。", "A change needs If-Match with the version that you saw."),
    ('先读取，再带上其 ETag，例如 If-Match: "7"。', 'Read first, then send its ETag, e.g. If-Match: "7".'),
)
PERSON_MISMATCH = _problem(
    "person-mismatch",
    422,
    ("材料与档案人员不符", "The material names another person"),
    ("人员编号与姓名不一致，或查无此人。", "Person number and name do not agree, or nobody has that number."),
    (
        "核对人员编号和姓名；只凭姓名不能选定档案。",
        "Check number and name; a name alone never selects a dossier.",
    ),
)
DATE_IMPOSSIBLE = _problem(
    "date-impossible",
    422,
    ("日期不存在或前后矛盾", "Date does not exist or contradicts another"),
    ("日期不存在，或与其他日期矛盾。", "The date does not exist, or contradicts another date."),
    ("核对材料上的日期；看不清的部分不要填写。", "Check the date on the paper; leave unreadable parts out."),
)
GLYPH_MISSING = _problem(
    "glyph-missing",
    422,
    ("字库缺字，无法打印（附姓名与字）", "A character is in no shipped font; names it"),
    (
        "“{where}”中的“{char}”字库没有，无法打印。",
        "“{char}” in “{where}” is in no shipped font, so nothing was printed.",
    ),
    ("请管理员补充字库后重新打印。", "Ask the administrator to add a font that has it, then print again."),
)
DRAWING_UNAVAILABLE = _problem(
    "drawing-unavailable",
    410,
    ("本版本不能绘制此文件", "This release cannot draw the document"),
    (
        "文件为另一版本的引擎或模板所作；签名原件不变，仍可核验。",
        "It was made for another engine or template; the signed document itself is unchanged and still verifies.",
    ),
    (
        "从 {jws} 取签名原件；要 PDF，请用当时的版本绘制。",
        "Get the signed document at {jws}; for a PDF, draw it with the release that issued it.",
    ),
)
DIGEST_MISMATCH = _problem(
    "digest-mismatch",
    422,
    ("文件校验不一致，请重新上传", "Digest differs; upload again"),
    ("收到的内容与 Repr-Digest 不一致。", "What arrived does not match Repr-Digest."),
    ("重新计算校验值并重新上传。", "Compute the digest again and upload once more."),
)
FILE_TYPE_REFUSED = _problem(
    "file-type-refused",
    415,
    ("不支持的文件类型", "File type not accepted"),
    (
        "文件内容是 {found}；只接收 JPEG、PNG、TIFF 和 PDF。",
        "The content is {found}; only JPEG, PNG, TIFF and PDF are taken.",
    ),
    ("请转换为其中一种格式后上传。", "Convert it to one of these and upload again."),
)
FILE_DAMAGED = _problem(
    "file-damaged",
    422,
    ("文件为空或已损坏", "The file is empty or damaged"),
    ("文件为空、不完整或无法解码。", "The file is empty, cut off, or cannot be decoded."),
    ("检查原文件，重新扫描或重新上传。", "Check the original; scan or upload it again."),
)
FILE_ENCRYPTED = _problem(
    "file-encrypted",
    422,
    ("文件设有密码，无法读取", "The file is locked with a password"),
    ("PDF 设有打开密码，页面无法读取。", "The PDF wants a password before it shows its pages."),
    ("去掉密码另存后重新上传，或上传扫描图像。", "Save it without the password and upload again, or upload scans."),
)
TOO_LARGE = _problem(
    "too-large",
    413,
    ("文件过大", "Too large"),
    ("超出上限：{limit}。", "The limit is exceeded: {limit}."),
    ("缩小后重新提交。", "Make it smaller and send again."),
)
RATE_LIMITED = _problem(
    "rate-limited",
    429,
    ("请求过于频繁", "Too many requests"),
    ("请求次数超过限制。", "There were more requests than allowed."),
    ("按 Retry-After 稍候再试。", "Wait as Retry-After says."),
    retryable=True,
)
DEPENDENCY_DOWN = _problem(
    "dependency-down",
    503,
    ("服务暂不可用，请稍后再试", "A needed service is down"),
    ("所需服务 {dependency} 暂不可用。", "The needed service {dependency} is not available."),
    (
        "按 Retry-After 稍候，用同一幂等键重试。",
        "Wait as Retry-After says; repeat with the same Idempotency-Key.",
    ),
    retryable=True,
)
OVERLOADED = _problem(
    "overloaded",
    503,
    ("系统繁忙，请稍后再试", "Too busy; try again"),
    ("当前请求过多。", "There are too many requests at the moment."),
    ("按 Retry-After 稍候再试。", "Wait as Retry-After says."),
    retryable=True,
)
MALFORMED_REQUEST = _problem(
    "malformed-request",
    400,
    ("请求格式有误", "The request cannot be parsed"),
    ("请求不是有效的 JSON 或 HTTP 内容。", "The request is not valid JSON or HTTP."),
    ("检查编码（UTF-8）、引号和括号。", "Check encoding (UTF-8), quotes and brackets."),
)
MEDIA_TYPE_REFUSED = _problem(
    "media-type-refused",
    415,
    ("请求内容类型不支持", "Content-Type not accepted"),
    ("此地址接收的内容类型为 {accepted}。", "This address takes {accepted}."),
    ("改用所列的 Content-Type。", "Use the Content-Type named."),
)
SIGN_IN_FAILED = _problem(
    "sign-in-failed",
    401,
    ("账号或密码不正确", "Name or password is wrong"),
    ("账号不存在、已停用，或密码不正确。", "There is no such account, it is switched off, or the password is wrong."),
    ("核对账号和密码；连续失败会暂时锁定。", "Check both; repeated failures lock the name for a while."),
)
SIGN_IN_LOCKED = _problem(
    "sign-in-locked",
    429,
    ("登录失败次数过多，已暂时锁定", "Too many failures; locked for a while"),
    ("此账号名连续登录失败，暂时不能登录。", "This name failed to sign in too often and is locked for a while."),
    ("按 Retry-After 稍候再试，或联系系统管理员。", "Wait as Retry-After says, or ask the system administrator."),
    retryable=True,
)
ROLES_NOT_SEPARATED = _problem(
    "roles-not-separated",
    403,
    ("所授岗位互斥，不能同时担任", "These roles may not be held together"),
    (
        "规则 {rules} 授予的岗位 {roles} 依三员分立不得兼任。",
        "Rules {rules} give the roles {roles}, which must be held by different people.",
    ),
    ("请安全保密管理员修改岗位映射。", "Ask the security administrator to change the role mapping."),
)
HEADERS_TOO_LARGE = _problem(
    "headers-too-large",
    431,
    ("请求头过大", "Header section too large"),
    ("请求头超出上限：{limit}。", "The header section exceeds the limit: {limit}."),
    ("减少请求头后重试。", "Send fewer or shorter headers."),
)
INTERNAL_ERROR = _problem(
    "internal-error",
    500,
    ("系统内部错误，请提供请求编号", "Unforeseen; quote the request id"),
    ("发生了未预料的错误，未作任何改动。", "Something unforeseen happened; nothing was changed."),
    ("稍后重试；如仍出现，请提供请求编号。", "Try again later; if it stays, quote the request id."),
)

FAULTS: dict[str, Text] = {
    "required": Text("缺少此项。", "This member is required."),
    "unknown-member": Text("没有此项，请检查拼写。", "There is no such member; check the spelling."),
    "unknown-parameter": Text("没有此查询参数，请检查拼写。", "There is no such query parameter; check the spelling."),
    "type": Text("类型应为 {expected}。", "The type must be {expected}."),
    "too-long": Text("最多 {max} 个字符。", "At most {max} characters."),
    "too-short": Text("至少 {min} 个字符。", "At least {min} characters."),
    "too-many": Text("最多 {max} 项。", "At most {max} entries."),
    "too-few": Text("至少 {min} 项。", "At least {min} entries."),
    "out-of-range": Text("应在 {min} 与 {max} 之间。", "Must be between {min} and {max}."),
    "not-allowed-value": Text("可用的值：{allowed}。", "Allowed values: {allowed}."),
    "pattern": Text("格式不符。", "The form is not as required."),
    "date-impossible": Text(
        "日期不存在或晚于今天；应为 YYYY、YYYY-MM 或 YYYY-MM-DD。",
        "No such date, or one after today; use YYYY, YYYY-MM or YYYY-MM-DD.",
    ),
    "nothing-to-bind": Text(
        "本次审核在此单位没有尚未装订的档案；请核对单位，或先作废已汇编的表册。",
        "The campaign has no dossier of this unit that is in no set yet; check the unit, or discard the set first.",
    ),
    "lunar-incomplete": Text(
        "农历日期须有 {other}：as_written 照抄原文，qualifier 写 uncertain。",
        "A lunar date needs {other}: as_written as it stands on the paper, qualifier uncertain.",
    ),
    "date-in-future": Text("日期在今天之后，请核对。", "This lies ahead of today; check it."),
    "date-before": Text("早于 {other} 的日期，请核对两处。", "Lies before {other}; check both dates."),
    "dates-contradict": Text(
        "与 {other} 的日期先后矛盾；原件确如此的，注明 as_on_paper。",
        "Cannot be beside the date of {other}; if the paper really says so, set as_on_paper.",
    ),
    "paper-contradicts": Text(
        "同一页已有不同记载 {other}；原件确如此的，注明 as_on_paper。",
        "{other} says otherwise on this page; if the page really does, set as_on_paper.",
    ),
    "age-too-low": Text(
        "当时未满 {min} 岁，请核对出生日期与此日期。", "Not yet {min} years old then; check this and the birth date."
    ),
    "id-invalid": Text("编号格式有误。", "This is not a valid id."),
    "id-number-invalid": Text("身份证号码有误，请核对。", "This is not a citizen identity number; check it."),
    "ticket-invalid": Text("上传凭据无效、已过期或不属于您。", "The upload ticket is invalid, expired or not yours."),
    "no-pages": Text("还没有上传页面。", "No page has been uploaded yet."),
    "nothing-to-print": Text("没有要打印的档案。", "There is no dossier to print."),
    "proposal-missing": Text("{name}缺呈报内容：{members}。", "{name} has no proposal; missing: {members}."),
    "native-place-open": Text(
        "籍贯不一致或不明，认定为同一人须说明。",
        "Native places differ or are not known: to decide for one person, explain it.",
    ),
    "identity-not-proven": Text(
        "应有 {needed} 项相符，现有 {found} 项，不能认定为同一人。",
        "{found} parts fit, {needed} are needed: this proves no one person.",
    ),
    "no-common-name": Text(
        "姓名不同音也无共同的曾用名，请核对所选人员。",
        "No name of theirs is the same or sounds alike; check whom you chose.",
    ),
    "no-items": Text("还没有材料。", "There is no item yet."),
    "duplicate": Text("与另一项重复。", "The same as another entry."),
    "unknown-reference": Text("所指对象不存在或不可见。", "What this refers to does not exist or is not visible."),
    "code-misread": Text("条码识读有误，请重扫或重输。", "The number was misread; scan or type it again."),
    "slot-full": Text("此格已放满 {max} 卷。", "This slot already holds its {max} volumes."),
    "in-use": Text("已有案卷存放，不能小于 {min}。", "Volumes stand there: not less than {min}."),
    "not-filed": Text(
        "{count} 卷尚未归档，不能装订：{dossiers}。", "{count} not filed yet, and cannot be bound: {dossiers}."
    ),
    "determined-anew": Text(
        "{count} 卷在成册后重新认定，本册须作废重装：{dossiers}。",
        "{count} determined anew since it was compiled; discard the set and compile it again: {dossiers}.",
    ),
    "no-scores": Text("该年度尚无评分。", "No dossier was scored for this year."),
    "facts-missing": Text("还缺这些项目：{facts}。", "These facts are missing: {facts}."),
    "contradiction": Text("与 {other} 不相符，请一并核对改正。", "Does not agree with {other}; correct one of them."),
    "related": Text("系本人或其亲属，须回避。", "Is the subject or a relative, and keeps away."),
    "sum-differs": Text("各项之和应为 {sum}。", "These must sum to {sum}."),
    "as-before": Text("与原认定相同，无需改正。", "The same as what stands: there is nothing to correct."),
    "version-stale": Text(
        "已被他人更新，当前版本 {version}。", "Changed by someone else; the version is {version} now."
    ),
    "state-conflict": Text("当前状态为 {state}，不能这样做。", "Its state is {state}, which does not allow this."),
    "subclass-required": Text(
        "第四类、第九类须写明二级分类，例如 4-1。", "Categories 4 and 9 need their subclass, e.g. 4-1."
    ),
    "decision-missing": Text(
        "材料 {material} 的类别须由档案员决定。", "The archivist must decide the category of material {material}."
    ),
    "title-says-nothing": Text(
        "题名不能说明内容，请另拟标题。", "The title does not tell what the material is; supply another."
    ),
    "xml-malformed": Text(
        "XML 在第 {line} 行有误；请用填表软件重新保存。",
        "Not well-formed XML at line {line}; save it again in the form program.",
    ),
    "xml-entities": Text(
        "文件含有 DTD、实体或处理指令；请另存为不含这些内容的文件。",
        "The file holds a DTD, an entity or a processing instruction; save it without.",
    ),
    "xml-root": Text("根元素应为 {expected}；这不是任免审批表。", "The root must be {expected}; this is no LRMX file."),
    "encoding-unknown": Text(
        "不支持所声明的编码；请存为 UTF-8 或 GB18030。", "The declared encoding is not known; save as UTF-8 or GB18030."
    ),
    "encoding-invalid": Text(
        "内容与编码 {encoding} 不符；请存为 UTF-8，或在首行声明 GBK。",
        "The bytes are not {encoding}; save as UTF-8, or declare GBK in the first line.",
    ),
    "base64-invalid": Text("照片不是有效的 base64。", "The photograph is not valid base64."),
    "image-unknown": Text("照片应为 JPEG 或 PNG。", "The photograph must be JPEG or PNG."),
    "image-too-large": Text("照片不得超过 {max} KiB，请压缩后上传。", "At most {max} KiB: save it smaller."),
    "image-too-small": Text("照片至少 {min} 像素。", "At least {min} dots."),
    "row-unreadable": Text(
        "此行无法读取：应为一个 JSON 对象；表格中不得有公式。",
        "This row cannot be read: it must be a JSON object; a sheet holds no formula.",
    ),
    "period-overlaps": Text(
        "同一职级、单位在此期间已有管理机关。", "Another office is named for this rank and unit in this period."
    ),
    "relation-unknown": Text(
        "称谓不能说明亲属关系，请用妻子、长子、父亲等。", "The word names no known relation; use e.g. 妻子, 长子, 父亲."
    ),
    "control-character": Text("含有不可打印字符。", "Holds a character that cannot be printed."),
    "invalid": Text("内容无效。", "The content is not valid."),
}

ONE_SIDED: dict[str, Text] = {
    "min": Text("不得小于 {min}。", "Must be {min} or more."),
    "max": Text("不得大于 {max}。", "Must be {max} or less."),
}
"""`out-of-range` where there is only the one bound."""


class ValidationFailed(Refusal):
    """Content that does not validate; `errors` names every member at fault."""

    problem = VALIDATION_FAILED


class UnknownParameter(Refusal):
    problem = UNKNOWN_PARAMETER


class PageTokenInvalid(Refusal):
    problem = PAGE_TOKEN_INVALID


class NotSignedIn(Refusal):
    problem = NOT_SIGNED_IN


class RoleMissing(Refusal):
    problem = ROLE_MISSING


class Recusal(Refusal):
    problem = RECUSAL


class SamePersonTwice(Refusal):
    problem = SAME_PERSON_TWICE


class PledgeMissing(Refusal):
    """`accounts` have no confidentiality pledge that holds."""

    problem = PLEDGE_MISSING


class TrainingMissing(Refusal):
    """`accounts` have not attended courses of all `kinds`."""

    problem = TRAINING_MISSING


class OpenReviews(Refusal):
    """`dossiers` of a campaign are in first review."""

    problem = OPEN_REVIEWS


class ReportSumDiffers(Refusal):
    """The `sum` of a report that does not hold, the `figure` it is of, its `parts` and the `total` they should make."""

    problem = REPORT_SUM_DIFFERS


class ReportChanged(Refusal):
    problem = REPORT_CHANGED


class FeedbackRoundsUsed(Refusal):
    """`limit` rounds were sent: the person is talked to instead."""

    problem = FEEDBACK_ROUNDS_USED


class WrongAuthority(Refusal):
    """`authority` is the office that manages the person on the day."""

    problem = WRONG_AUTHORITY


class SuperiorOnly(Refusal):
    """`authority` is the office that approved."""

    problem = SUPERIOR_ONLY


class ViewRefused(Refusal):
    problem = VIEW_REFUSED


class NotFound(Refusal):
    problem = NOT_FOUND


class StateConflict(Refusal):
    """Not possible in the present `state`."""

    problem = STATE_CONFLICT


class IdempotencyKeyMissing(Refusal):
    problem = IDEMPOTENCY_KEY_MISSING


class IdempotencyInProgress(Refusal):
    problem = IDEMPOTENCY_IN_PROGRESS


class IdempotencyKeyReused(Refusal):
    problem = IDEMPOTENCY_KEY_REUSED


class VersionStale(Refusal):
    """Written against an older `version`; `changed` names the members changed since."""

    problem = VERSION_STALE


class PreconditionRequired(Refusal):
    problem = PRECONDITION_REQUIRED


class PersonMismatch(Refusal):
    problem = PERSON_MISMATCH


class DateImpossible(Refusal):
    problem = DATE_IMPOSSIBLE


class GlyphMissing(Refusal):
    """A character that no shipped font has: `where` (whose text) and `char`."""

    problem = GLYPH_MISSING


class DrawingUnavailable(Refusal):
    """A signed document that another engine or a later template draws; `jws` is where it can be had as it is."""

    problem = DRAWING_UNAVAILABLE


class DigestMismatch(Refusal):
    problem = DIGEST_MISMATCH


class FileTypeRefused(Refusal):
    problem = FILE_TYPE_REFUSED


class FileDamaged(Refusal):
    problem = FILE_DAMAGED


class FileEncrypted(Refusal):
    problem = FILE_ENCRYPTED


class TooLarge(Refusal):
    problem = TOO_LARGE


class DependencyDown(Refusal):
    problem = DEPENDENCY_DOWN


class MediaTypeRefused(Refusal):
    problem = MEDIA_TYPE_REFUSED


class MalformedRequest(Refusal):
    problem = MALFORMED_REQUEST


class RateLimited(Refusal):
    problem = RATE_LIMITED


class Overloaded(Refusal):
    problem = OVERLOADED


class MethodNotAllowed(Refusal):
    problem = METHOD_NOT_ALLOWED


class SignInFailed(Refusal):
    problem = SIGN_IN_FAILED


class SignInLocked(Refusal):
    problem = SIGN_IN_LOCKED


class RolesNotSeparated(Refusal):
    """Two `roles` that one account may not hold together, and the `rules` that gave them."""

    problem = ROLES_NOT_SEPARATED


class HeadersTooLarge(Refusal):
    problem = HEADERS_TOO_LARGE
