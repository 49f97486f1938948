"""dist belongs to its sources, and the check notices when it does not."""

import json
import re
import shutil
from pathlib import Path

import pytest

from frontend import build


@pytest.fixture
def copy(tmp_path) -> Path:
    root = tmp_path / "frontend"
    root.mkdir()
    for name in build.INPUTS:
        shutil.copy(build.FRONTEND / name, root / name)
    for folder in ("src", "dist"):
        shutil.copytree(build.FRONTEND / folder, root / folder)
    return root


def test_dist_is_fresh():
    assert build.problems(build.FRONTEND) == []


def test_a_changed_source_is_noticed(copy):
    (copy / "src" / "theme.ts").write_text("// changed\n")
    assert build.problems(copy) == [
        "frontend/dist was built from other sources: run python frontend/build.py and commit dist"
    ]


def test_a_new_source_is_noticed(copy):
    (copy / "src" / "new.ts").write_text("")
    assert build.problems(copy)


def test_a_changed_lock_file_is_noticed(copy):
    (copy / "package-lock.json").write_text("{}")
    assert build.problems(copy)


def test_an_edited_an_added_and_a_missing_file_of_dist_are_noticed(copy):
    (copy / "dist" / "site.css").write_text("body{}")
    (copy / "dist" / "added.js").write_text("")
    (copy / "dist" / "theme.js").unlink()
    found = "\n".join(build.problems(copy))
    assert all(
        f"dist/{name} is not what the build made" in found for name in ("site.css", "added.js", "theme.js")
    )


def test_dist_without_a_record_is_noticed(copy):
    (copy / "dist" / "build.json").unlink()
    assert "build.json is missing" in build.problems(copy)[0]


def test_a_build_here_gives_the_committed_files():
    if build.node() is None or not (build.FRONTEND / "node_modules" / "esbuild").is_dir():
        pytest.skip("Node or the npm packages are missing: run python frontend/build.py once")
    assert build.rebuild_differences() == []


def test_packages_are_pinned_exactly_and_the_lock_names_no_registry():
    package = json.loads((build.FRONTEND / "package.json").read_text())
    versions = [*package.get("dependencies", {}).values(), *package.get("devDependencies", {}).values()]
    assert versions
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert '"resolved"' not in (build.FRONTEND / "package-lock.json").read_text()


def test_nothing_in_dist_is_loaded_from_elsewhere():
    dist = build.FRONTEND / "dist"
    for file in dist.glob("*.css"):
        addresses = re.findall(r"url\(([^)]+)\)", file.read_text())
        assert all(a.strip("\"'").startswith(("./", "data:")) for a in addresses), file.name
    for file in dist.glob("*.js"):
        assert not re.search(r"""(?:import|fetch)\(["']https?:""", file.read_text()), file.name
    for name in re.findall(r"url\(\"?\./([^)\"]+)", "".join(f.read_text() for f in dist.glob("*.css"))):
        assert (dist / name).is_file(), name


def test_every_bundled_package_has_its_licence_text():
    text = (build.FRONTEND / "dist" / "licences.txt").read_text()
    for name in ("katex", "codemirror", "@codemirror/view", "@lezer/python", "@fontsource-variable/geist"):
        assert re.search(rf"^{re.escape(name)} \d", text, re.MULTILINE), name
    assert text.count("SIL OPEN FONT LICENSE") >= 3
