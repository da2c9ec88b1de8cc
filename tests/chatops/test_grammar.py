"""Only the first line of a comment is read, and only if it is a command letter by letter."""

from __future__ import annotations

import pytest

from gitops_bot.chatops.grammar import HELP, PREFIX, Command, Word, parse

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("body", "command"),
    [
        (f"/gitops-bot approve {SHA}", Command(Word.APPROVE, SHA)),
        ("/gitops-bot approve 0123456", Command(Word.APPROVE, "0123456")),
        ("/gitops-bot retry", Command(Word.RETRY)),
        ("/gitops-bot rebase", Command(Word.REBASE)),
        ("/gitops-bot silence 1", Command(Word.SILENCE, "1")),
        ("/gitops-bot silence 365", Command(Word.SILENCE, "365")),
        ("/gitops-bot explain", Command(Word.EXPLAIN)),
        ("/gitops-bot undo", Command(Word.UNDO)),
        ("/gitops-bot help", Command(Word.HELP)),
        ("/gitops-bot retry\r\n\r\nfor the node is back", Command(Word.RETRY)),
        ("/gitops-bot retry \t\n/gitops-bot undo", Command(Word.RETRY)),
        ("/gitops-bot explain\n" + "x" * 65_000, Command(Word.EXPLAIN)),
    ],
)
def test_a_command_is_read_from_the_first_line(body: str, command: Command) -> None:
    assert parse(body) == command


@pytest.mark.parametrize(
    "body",
    [
        "",
        "looks good",
        "/merge",
        "/approve 0123456",
        "/gitops-bot",
        "/gitops-bot-next retry",
        "/Gitops-Bot retry",
        " /gitops-bot retry",
        "\t/gitops-bot retry",
        "\n/gitops-bot retry",
        "\r/gitops-bot retry",
        "\ufeff/gitops-bot retry",
        "\u200b/gitops-bot retry",
        "please\n/gitops-bot retry",
        "> /gitops-bot retry",
        "`/gitops-bot retry`",
        "```\n/gitops-bot retry\n```",
        "    /gitops-bot retry",
        "<!-- -->/gitops-bot retry",
        "@bot /gitops-bot retry",
        "\uff0fgitops-bot retry",
        "/gitops\u2011bot retry",
        "/gitops-b\u043et retry",
        "/gitops-bot\u00a0retry",
    ],
)
def test_what_is_not_addressed_to_the_bot_is_nothing(body: str) -> None:
    assert parse(body) is None


@pytest.mark.parametrize(
    "rest",
    [
        "",
        " ",
        "merge",
        "/merge",
        "approve",
        "approve HEAD",
        "approve 012345",
        f"approve {SHA}0",
        f"approve {SHA.upper()}",
        "approve 0123456 0123456",
        "approve  0123456",
        " retry",
        "Retry",
        "retry now",
        "retry\x00",
        "retry\u2028undo",
        "retry\x0bundo",
        "retry; undo",
        "retry <!-- undo -->",
        "r\u0435try",
        "approve \u0660\u0661\u0662\u0663\u0664\u0665\u0666",
        "silence",
        "silence 0",
        "silence 07",
        "silence 366",
        "silence 1000",
        "silence -1",
        "silence 1.5",
        "silence \u0667",
        "silence 7 days",
        "x" * 65_000,
    ],
)
def test_what_is_addressed_to_the_bot_and_no_command_is_unclear(rest: str) -> None:
    assert parse(PREFIX + rest) == Command(Word.UNCLEAR)


def test_the_help_names_every_command_and_is_none_itself() -> None:
    assert all(f"{PREFIX}{word}" in HELP for word in Word if word is not Word.UNCLEAR)
    assert parse(HELP) is None
