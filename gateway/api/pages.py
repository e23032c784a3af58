"""Small HTML pages in both languages, without script."""

from html import escape

from contracts.problems import CATALOGUE, Problem, Text


def _page(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/docs/docs.css"></head>'
        f'<body><main class="page">{body}</main></body></html>'
    ).encode()


def _both(label: str, text: Text) -> str:
    return f'<h2>{label}</h2><p>{escape(text.zh)}</p><p lang="en">{escape(text.en)}</p>'


def problem_page(problem: Problem) -> bytes:
    """Meaning and cure of one problem."""
    again = "可以重试 · may be retried" if problem.retryable else "重试无益 · a retry does not help"
    body = (
        f'<p><a href="/problems">全部问题 · all problems</a></p><h1>{escape(problem.title.zh)}</h1>'
        f'<p lang="en" class="lead">{escape(problem.title.en)}</p>'
        f"<p><code>{escape(problem.code)}</code> · HTTP {problem.status} · {again}</p>"
        + _both("含义 · What it means", problem.detail)
        + _both("处理办法 · What to do", problem.fix)
    )
    return _page(f"{problem.code} · {problem.title.zh}", body)


def problem_list_page() -> bytes:
    """All problems of the catalogue, by status."""
    rows = "".join(
        f'<tr><td><a href="/problems/{escape(one.code)}"><code>{escape(one.code)}</code></a></td><td>{one.status}</td>'
        f'<td>{escape(one.title.zh)}</td><td lang="en">{escape(one.title.en)}</td></tr>'
        for one in sorted(CATALOGUE.values(), key=lambda one: (one.status, one.code))
    )
    head = "<tr><th>code</th><th>HTTP</th><th>中文</th><th>English</th></tr>"
    return _page("问题目录 · Problems", f"<h1>问题目录 · Problems</h1><table>{head}{rows}</table>")
