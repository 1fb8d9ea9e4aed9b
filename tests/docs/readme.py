"""The README's demonstration is what `avoir demo` prints. `python -m tests.docs.readme` writes it anew."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(<!-- demo: (.+?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)

CHANGES = (
    (re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z"), "<instant>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "<day>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
)
"""What is another in every run."""


def demo() -> str:
    """What the demonstration prints."""
    with tempfile.TemporaryDirectory() as directory:
        words = [sys.executable, "-m", "avoir", "demo", "--exit", "--port", "0"]
        done = subprocess.run(words, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def part(printed: str, start: str) -> str:
    """From the line that starts so to the next heading."""
    _, found, rest = printed.partition(f"\n{start}")
    assert found, f"the demonstration prints no {start}"
    return f"{start}{rest}".partition("─")[0].rpartition("\n")[0].strip()


def fenced(text: str) -> str:
    return f"```text\n{text}\n```\n"


def blocks() -> list[tuple[str, str]]:
    """What the README shows, with what each part begins."""
    return [(start, text) for _, start, text, _ in BLOCK.findall(README.read_text("utf-8"))]


def same(text: str) -> str:
    """A text without what is another in every run."""
    for pattern, word in CHANGES:
        text = pattern.sub(word, text)
    return text


def rewrite() -> None:
    """Put what the demonstration prints into the README."""
    printed = demo()
    text = README.read_text("utf-8")
    README.write_text(BLOCK.sub(lambda m: f"{m[1]}{fenced(part(printed, m[2]))}{m[4]}", text), "utf-8")


if __name__ == "__main__":
    rewrite()
