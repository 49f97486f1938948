"""Documentation is complete: every setting and command that exists is described."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def environment_names() -> set[str]:
    text = (ROOT / "config" / "settings.py").read_text()
    return set(re.findall(r'env\.(?:text|flag|number|names|choice|secret)\(\s*"([A-Z_]+)"', text))


@pytest.mark.parametrize("name", sorted(environment_names()))
def test_every_setting_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text()


def test_every_documented_setting_exists():
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    )
    assert documented - environment_names() == {"STRIDE_SANDBOX"}  # read by the runner itself


@pytest.mark.parametrize("command", ["serve", "test", "grade", "check", "bench", "doctor"])
def test_every_dev_command_is_in_the_readme(command):
    assert f"./dev {command}" in (ROOT / "README.md").read_text()


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|#|mailto:|figure:)([^)#\s]+)", page.read_text())


@pytest.mark.parametrize(
    "page",
    sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]),
    ids=lambda p: p.name,
)
def test_links_between_pages_lead_somewhere(page):
    assert [link for link in links(page) if not (page.parent / link).exists()] == []
