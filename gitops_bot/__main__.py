"""`python -m gitops_bot`."""

from gitops_bot.cli import entry

if __name__ == "__main__":
    entry()
