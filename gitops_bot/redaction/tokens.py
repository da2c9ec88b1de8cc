"""Secrets that are known by their own looks: prefixes and shapes that vendors give their keys and tokens.

A pattern starts with fixed characters and takes a whole run of one class, or a bounded one: none looks twice at the
same text, so scanning is linear. Where what follows a run decides, the whole run is taken first.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import NamedTuple

from gitops_bot.redaction.placeholders import Mask

_WORD = r"[A-Za-z0-9_-]"
_END = r"(?![A-Za-z0-9])"
# Where a line begins: after the sign of a diff, or an escaped line feed.
_LINE = r"(?<=(?m:^)[-+])|(?<=\\[nrt])"
_SHORTEST = 20
_GITLAB = ("pat", "dt", "rt", "rtr", "cbt", "ptt", "ft", "imt", "agent", "oas", "soat", "wt", "ffct")


def _begun(prefix: str) -> str:
    """Return a pattern for a prefix that stands in no word, save after an escaped line feed or tab.

    The literal comes first: a search for it is much faster than one for a boundary.
    """
    literal = re.escape(prefix)
    return rf"{literal}(?:(?<![A-Za-z0-9]{literal})|(?<=\\[nrt]{literal}))"


class Shape(NamedTuple):
    """A kind, words of which one must be in a text for it to be looked for, and its pattern (group 1, or all of it)."""

    kind: str
    anchors: tuple[str, ...]
    pattern: str


SHAPES = (
    Shape("jwt", ("eyJ",), rf"eyJ{_WORD}{{8,}}+(?:\.{_WORD}*+){{0,4}}"),
    Shape(
        "aws-access-key", ("AKIA", "ASIA", "ABIA", "ACCA"), r"(?<![A-Z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Z0-9])"
    ),
    Shape(
        "aws-session-token", ("IQoJb3JpZ2lu", "FwoGZXIvYXdz"), r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9+/=_-]{32,}+"
    ),
    Shape("google-api-key", ("AIza",), rf"AIza{_WORD}{{35}}"),
    Shape("google-oauth-token", ("ya29.", "1//0"), r"(?:ya29\.|(?<![\w/:])1//0)[A-Za-z0-9._-]{20,}+"),
    Shape("google-client-secret", ("GOCSPX-",), rf"GOCSPX-{_WORD}{{20,}}+"),
    Shape("azure-client-secret", ("Q~",), rf"(?:(?<![\w~.-])|{_LINE})[\w~.-]{{3}}\dQ~[\w~.-]{{31,40}}"),
    Shape(
        "azure-devops-token",
        ("AZDO",),
        rf"(?:(?<![A-Za-z0-9])|{_LINE})[A-Za-z0-9]{{76}}AZDO[A-Za-z0-9]{{4}}(?![A-Za-z0-9])",
    ),
    Shape("github-token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{36,}+"),
    Shape("github-token", ("github_pat_",), r"github_pat_[A-Za-z0-9_]{22,}+"),
    Shape("gitlab-token", tuple(f"gl{one}-" for one in _GITLAB), rf"gl(?:{'|'.join(_GITLAB)})-[\w=.-]{{20,}}+"),
    Shape("gitlab-token", ("GR1348941",), rf"GR1348941{_WORD}{{20,}}+"),
    Shape("bitbucket-token", ("ATBB", "ATCTT3xFf"), r"ATBB[A-Za-z0-9]{28,}+|ATCTT3xFf[\w=-]{28,}+"),
    Shape("atlassian-token", ("ATATT3xFf",), r"ATATT3xFf[\w=-]{28,}+"),
    Shape("slack-token", ("xox", "xapp-"), r"(?:xox[abeoprs]|xapp)[-.][A-Za-z0-9.-]{10,}+"),
    Shape("slack-webhook", ("hooks.slack.com/",), r"hooks\.slack\.com/((?:services|workflows|triggers)/[\w/-]{20,}+)"),
    Shape("discord-webhook", ("/api/webhooks/",), r"/api/webhooks/(\d{16,20}/[\w-]{40,}+)"),
    Shape(
        "discord-token",
        (".",),
        r"[MNO](?:(?<![\w.-].)|(?<=(?m:^)[-+].)|(?<=\\[nrt].))[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w.-])",
    ),
    Shape("teams-webhook", ("/webhookb2/", "office.com/webhook/"), r"/webhook(?:b2)?/([\w@/-]{30,}+)"),
    Shape(
        "pagerduty-key",
        ("u+", "y_"),
        r"(?:u\+|y_)(?:(?<![\w+/-]..)|(?<=(?m:^)[-+]..)|(?<=\\[nrt]..))(?=[a-z_+-]{0,17}[0-9A-Z])(?=\D{0,17}\d)[\w+-]{18}(?![\w+/=-])",
    ),
    Shape("stripe-key", ("k_live_", "k_test_"), r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}+"),
    Shape("stripe-key", ("whsec_",), r"whsec_[A-Za-z0-9+/=]{24,}+"),
    Shape("twilio-key", ("SK",), rf"{_begun('SK')}[0-9a-f]{{32}}{_END}"),
    Shape("sendgrid-key", ("SG.",), rf"{_begun('SG.')}{_WORD}{{16,32}}+\.{_WORD}{{32,64}}+"),
    Shape("mailgun-key", ("key-",), rf"{_begun('key-')}[0-9a-f]{{32}}{_END}"),
    Shape("mailgun-key", ("mailgun", "Mailgun", "MAILGUN"), r"(?<![\w-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])"),
    Shape("npm-token", ("npm_",), rf"npm_[A-Za-z0-9]{{36}}{_END}"),
    Shape("pypi-token", ("pypi-Ag",), rf"pypi-Ag{_WORD}{{40,}}+"),
    Shape("docker-token", ("dckr_",), rf"dckr_(?:pat|oat)_{_WORD}{{20,}}+"),
    Shape("hugging-face-token", ("hf_", "api_org_"), r"(?:hf_|api_org_)[A-Za-z0-9]{30,}+"),
    Shape("anthropic-key", ("sk-ant-",), rf"sk-ant-{_WORD}{{20,}}+"),
    Shape("langfuse-key", ("sk-lf-",), r"sk-lf-[0-9a-f-]{36}"),
    Shape(
        "openai-key", ("sk-",), rf"{_begun('sk-')}(?:(?:proj|svcacct|admin|None)-{_WORD}{{20,}}+|[A-Za-z0-9]{{32,}}+)"
    ),
    Shape("databricks-token", ("dapi",), rf"{_begun('dapi')}[0-9a-f]{{32}}(?:-\d)?{_END}"),
    Shape("datadog-key", ("ddapp_", "ddapi_"), r"ddap[pi]_[A-Za-z0-9]{30,}+"),
    Shape("new-relic-key", ("NRAK-", "NRII-", "NRJS-", "NRRA-", "NRIQ-"), rf"NR(?:AK|II|JS|RA|IQ)-{_WORD}{{19,}}+"),
    Shape("new-relic-key", ("NRAL",), r"(?<![0-9a-fA-F])[0-9a-f]{36}NRAL"),
    Shape("grafana-token", ("glsa_",), r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    Shape("grafana-token", ("glc_",), r"glc_[A-Za-z0-9+/=]{32,}+"),
    Shape("grafana-token", ("eyJrIjoi",), r"eyJrIjoi[A-Za-z0-9+/=]{20,}+"),
    Shape("vault-token", ("hvs.", "hvb.", "hvr."), rf"hv[sbr]\.{_WORD}{{20,}}+"),
    Shape("vault-token", ("s.",), r"s\.(?<![\w.-]s\.)(?=[a-z]{0,23}[A-Z0-9])[A-Za-z0-9]{24}(?![\w.])"),
    Shape(
        "terraform-token", (".atlasv1.",), rf"(?:(?<![A-Za-z0-9])|{_LINE})[A-Za-z0-9]{{14}}\.atlasv1\.{_WORD}{{40,}}+"
    ),
    Shape(
        "bootstrap-token",
        ("token", "Token", "TOKEN", "kubeadm"),
        rf"(?:(?<![\w.-])|{_LINE})[a-z0-9]{{6}}\.(?=[a-f0-9]{{0,15}}[g-z])(?=[a-z]{{0,15}}[0-9])[a-z0-9]{{16}}(?![\w.-])",
    ),
    Shape("age-key", ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}+"),
    Shape("telegram-token", (":AA",), rf"(?<!\d)\d{{8,10}}:AA{_WORD}{{32,35}}"),
    Shape("shopify-token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    Shape("digitalocean-token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64}"),
    Shape("linear-key", ("lin_",), r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}+"),
    Shape("notion-token", ("ntn_",), r"ntn_[A-Za-z0-9]{40,}+"),
    Shape("figma-token", ("figd_",), rf"figd_{_WORD}{{30,}}+"),
    Shape("postman-key", ("PMAK-",), r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    Shape("heroku-key", ("HRKU-",), rf"HRKU-{_WORD}{{30,}}+"),
    Shape("doppler-token", ("dp.",), rf"{_begun('dp.')}(?:pt|st|ct|sa|scim|audit)\.[\w.-]{{40,}}+"),
    Shape("sentry-token", ("sntr",), r"sntr[yu]s?_[\w+/=-]{30,}+"),
    Shape("planetscale-token", ("pscale_",), r"pscale_(?:tkn|pw|oauth)_[\w.=-]{32,}+"),
    Shape("supabase-key", ("sbp_", "sb_secret_"), rf"sb(?:p|_secret)_{_WORD}{{20,}}+"),
    Shape("tailscale-key", ("tskey-",), rf"tskey-[a-z]{{3,20}}-{_WORD}{{16,}}+"),
    Shape("pulumi-token", ("pul-",), rf"{_begun('pul-')}[0-9a-f]{{40}}"),
    Shape("circleci-token", ("CCIPAT_",), r"CCIPAT_[A-Za-z0-9]{20,24}_[0-9a-f]{40}"),
    Shape("sonarqube-token", ("squ_", "sqa_", "sqp_"), r"sq[uap]_[0-9a-f]{40}"),
    Shape("rubygems-key", ("rubygems_",), r"rubygems_[0-9a-f]{48}"),
    Shape("artifactory-key", ("AKCp", "cmVmdGtu"), r"(?:AKCp|cmVmdGtu)[A-Za-z0-9]{50,}+"),
    Shape("alibaba-key", ("LTAI",), rf"{_begun('LTAI')}[A-Za-z0-9]{{12,26}}{_END}"),
    Shape("groq-key", ("gsk_",), rf"{_begun('gsk_')}[A-Za-z0-9]{{48,}}+"),
    Shape("xai-key", ("xai-",), rf"{_begun('xai-')}[A-Za-z0-9]{{60,}}+"),
    Shape("replicate-token", ("r8_",), rf"{_begun('r8_')}[A-Za-z0-9]{{37,}}+"),
    Shape("langsmith-key", ("lsv2_",), r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    Shape("dynatrace-token", ("dt0",), rf"{_begun('dt0')}[a-z]\d\d\.[A-Z0-9]{{24}}\.[A-Z0-9]{{64}}"),
    Shape(
        "password-hash",
        ("$2", "$5$", "$6$", "$y$"),
        r"\$(?:2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|(?:[56]|y)\$[\w./$=,]{30,200}+)",
    ),
    Shape(
        "password-hash",
        ("$argon2", "{SSHA"),
        r"\$argon2(?:id|i|d)\$[\w./$=,+-]{30,250}+|\{SSHA\d{0,3}\}[A-Za-z0-9+/=]{20,}+",
    ),
    Shape(
        "ssh-key",
        (" AAAA",),
        r"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|sk-[\w@.-]{8,40}) (AAAA[A-Za-z0-9+/=]{40,}+)",
    ),
    Shape(
        "private-key",
        ("MII",),
        r"MII[A-Za-z0-9+/]{3}IBA(?:DAN|AKC)[A-Za-z0-9+/=]{40,}+(?:(?:\\n|\s)+[A-Za-z0-9+/=]{40,}+)*",
    ),
    Shape(
        "private-key",
        ("MHcCAQEE", "MIGHAgEA", "MIGkAgEB", "MC4CAQAw"),
        r"M(?:HcCAQEE|IGHAgEA|IGkAgEB|C4CAQAw)[A-Za-z0-9+/=]{40,}+",
    ),
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Compiled when first needed: all of them would cost every start of the program.
    return re.compile(pattern)


def without_tokens(text: str, mask: Mask) -> str:
    """Return the text with every secret that is known by its looks replaced."""
    if len(text) < _SHORTEST:
        return text
    for shape in SHAPES:
        if any(anchor in text for anchor in shape.anchors):
            text = _compiled(shape.pattern).sub(partial(_replaced, kind=shape.kind, mask=mask), text)
    return text


def _replaced(found: re.Match[str], kind: str, mask: Mask) -> str:
    whole = found.group()
    if kind == "jwt" and ".eyJ" not in whole and whole.count(".") < 2:
        return whole
    if found.re.groups:
        start, end = (place - found.start() for place in found.span(1))
        return whole[:start] + mask(kind, whole[start:end]) + whole[end:]
    return mask(kind, whole)
