"""The shell of every page: one style sheet, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib

from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.web.markup import Markup, escape, markup
from gitops_bot.sandbox.http import Response

STYLE = """
:root{--line:#d1d9e0;--soft:#f6f8fa;--text:#1f2328;--quiet:#59636e;--link:#0969da;--good:#1a7f37;--bad:#cf222e;
--wait:#9a6700;--merged:#8250df}
*{box-sizing:border-box}
body{margin:0;color:var(--text);background:#fff;font:15px/1.55 -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
header.bar{background:var(--soft);border-bottom:1px solid var(--line)}
header.bar div,main{max-width:900px;margin:0 auto;padding:12px 20px}
header.bar div{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:baseline}
header.bar .name{font-weight:600;font-size:16px;margin-right:auto}
main{padding-bottom:64px}
h1{font-size:26px;font-weight:500;line-height:1.25;margin:20px 0 8px}
h2{font-size:18px;font-weight:600;margin:36px 0 10px}
.quiet{color:var(--quiet)}.small{font-size:13px}
.badge{display:inline-block;color:#fff;border-radius:2em;padding:3px 12px;font-size:14px;font-weight:500;
margin-right:8px}
.open,.added{background:var(--good)}.merged{background:var(--merged)}.closed,.removed{background:var(--bad)}
.draft{background:var(--quiet)}
.label{display:inline-block;border:1px solid var(--line);border-radius:2em;padding:0 9px;font-size:12px;
margin:0 4px 0 0}
.branch{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:#ddf4ff;color:var(--link);
padding:2px 6px;border-radius:6px}
.box{border:1px solid var(--line);border-radius:8px;margin:14px 0;overflow:hidden}
.box>.head{background:var(--soft);border-bottom:1px solid var(--line);padding:8px 16px;font-size:14px}
.box>.row{padding:10px 16px;border-top:1px solid var(--line);display:flex;flex-wrap:wrap;gap:2px 10px;
align-items:baseline}
.box>.row:first-child,.box>.head+.row{border-top:0}
.row .grow{flex:1 1 260px}.row .text{flex:1;min-width:0}
.mark{width:1.2em;font-weight:700;text-align:center}.success{color:var(--good)}.failure{color:var(--bad)}
.pending{color:var(--wait)}
.prose{padding:6px 20px 14px}
.prose h1,.prose h2{font-size:20px;border-bottom:1px solid var(--line);padding-bottom:4px;margin:22px 0 12px}
.prose>:first-child{margin-top:10px}
.prose h3{font-size:17px;margin:20px 0 8px}.prose p,.prose ul,.prose ol{margin:10px 0}.prose li{margin:3px 0}
.prose li.task{list-style:none;margin-left:-20px}
.prose table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%;margin:12px 0}
.prose th,.prose td{border:1px solid var(--line);padding:6px 12px;text-align:left;vertical-align:top;min-width:72px}
.prose th{background:var(--soft)}.prose .right{text-align:right}.prose .center{text-align:center}
.prose blockquote{margin:10px 0;padding:0 14px;border-left:4px solid var(--line);color:var(--quiet)}
.prose details{margin:10px 0}.prose summary{cursor:pointer;font-weight:600}
code,pre,.diff{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.prose code,p code{background:#eff1f3;padding:2px 5px;border-radius:5px}
pre{background:var(--soft);border-radius:6px;padding:12px 14px;overflow-x:auto;margin:12px 0;white-space:pre}
.prose pre code{background:none;padding:0}
pre .add,pre .del,pre .at{display:block}
.add{background:#dafbe1}.del{background:#ffebe9}.at{background:#ddf4ff;color:var(--quiet)}
details.file{border:1px solid var(--line);border-radius:8px;margin:14px 0;overflow:hidden}
details.file>summary{background:var(--soft);padding:8px 14px;cursor:pointer;font-size:14px}
.counts{float:right;font-weight:600;font-size:13px}.plus{color:var(--good)}.minus{color:var(--bad)}
.scroll{overflow-x:auto;border-top:1px solid var(--line)}
table.diff{border-collapse:collapse;width:100%}
.diff td{padding:0 10px;white-space:pre;vertical-align:top}
.diff td.no{color:var(--quiet);text-align:right;user-select:none;min-width:42px;width:1%}
.message{white-space:pre-wrap}
@media(max-width:600px){h1{font-size:21px}main,header.bar div{padding-left:14px;padding-right:14px}
.prose{padding:4px 14px 12px}
.diff td.no{min-width:30px;padding:0 5px}}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
SECURITY_HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><style>{style}</style></head><body>
<header class="bar"><div><a class="name" href="{root}">{name}</a><a href="{root}/pulls">Pull requests ({pulls})</a>
<a href="{root}/issues">Issues ({issues})</a></div></header>
<main>{content}</main></body></html>
"""


def root_path(state: State) -> str:
    """The path of the repository's page."""
    return f"/{state.full_name}"


def html_page(state: State, title: str, content: Markup, status: int = 200) -> Response:
    """A whole page around `content`."""
    waiting = [issue.pull is not None for issue in state.issues.values() if issue.state == "open"]
    text = markup(
        _SHELL,
        title=f"{title} · {state.full_name}",
        style=Markup(STYLE),
        root=root_path(state),
        name=state.full_name,
        pulls=sum(waiting),
        issues=len(waiting) - sum(waiting),
        content=escape(content),
    )
    response = Response.text(status, text, "text/html; charset=utf-8")
    return Response(status, {**response.headers, **SECURITY_HEADERS}, response.body)


def plain_text(content: bytes) -> Response:
    """Bytes of a repository, shown as text whatever they are."""
    return Response(200, {"content-type": "text/plain; charset=utf-8", **SECURITY_HEADERS}, content)
