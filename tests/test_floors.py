"""Who may import whom, what the pure rooms must not touch, no rings, no long files."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "feeds"
FILES = sorted(p.relative_to(ROOT) for p in ROOT.rglob("*.py"))
KNOWN = frozenset(path.as_posix() for path in FILES)

PURE = {"model", "core", "parse", "render"}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "errors": set(),
    "model": set(),
    "ports": {"model"},
    "log": {"model"},
    "net": {"errors"},
    "core": {"model", "errors"},
    "parse": {"model", "errors"},
    "render": {"model", "errors"},
    "fetch": {"model", "errors", "net"},
    "sandbox": {"model", "errors", "parse"},
    "send": {"model", "errors", "net"},
    "store": {"model", "errors"},
    "jobs": {"model", "errors", "ports", "core", "parse", "render"},
    "config": {"model", "errors", "core"},
    "engine": {"model", "errors", "ports", "jobs"},
    "web": {"model", "errors", "ports", "core", "log"},  # of core, websub: requests are read at the door
    "app": {
        "model", "errors", "ports", "net", "core", "parse", "render", "fetch", "send", "store", "jobs", "sandbox", "config",
        "engine", "web", "log", "__init__",
    },
    "cli": {"app", "errors", "model", "log", "__init__"},
    "__main__": {"cli"},
}  # fmt: skip
WORLD = {
    "requests", "urllib3", "http", "socket", "ssl", "sqlite3", "sqlalchemy", "psycopg", "os", "sys", "time", "random",
    "secrets", "subprocess", "pathlib", "shutil", "tempfile", "threading", "multiprocessing", "asyncio", "starlette",
    "uvicorn", "apscheduler", "logging",
}  # fmt: skip
LONGEST = 400


def room(path: Path) -> str:
    return path.parts[0] if len(path.parts) > 1 else path.stem


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Every imported module, also inside functions; `from a import b` gives `a.b`, for b may be a module."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


@cache
def ours(path: Path) -> frozenset[str]:
    """The modules of this package that *path* imports, as files below it."""
    found: set[str] = set()
    for name in imported(path):
        parts = name.split(".")[1:] if name.startswith("feeds.") else None
        while parts:
            for candidate in ("/".join(parts) + ".py", "/".join([*parts, "__init__.py"])):
                if candidate in KNOWN:
                    found.add(candidate)
                    parts = []
                    break
            parts = parts[:-1]
    return frozenset(found)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_room_keeps_its_floor(path: Path) -> None:
    used = {n.split(".")[1] for n in imported(path) if n.startswith("feeds.")}
    rooms = {u if u in MAY_IMPORT else "__init__" for u in used} - {room(path)}
    assert rooms <= MAY_IMPORT[room(path)], f"{path} climbs to {sorted(rooms - MAY_IMPORT[room(path)])}"


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in PURE], ids=str)
def test_pure_room_does_not_touch_the_world(path: Path) -> None:
    assert not {n.split(".")[0] for n in imported(path)} & WORLD
    calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert not {c for c in calls if c in {"open", "print", "input"} or c.endswith((".now", ".utcnow", ".today"))}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_file_is_short(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_import_hides_under_type_checking(path: Path) -> None:
    assert "TYPE_CHECKING" not in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [p for p in FILES if p.name != "__init__.py"], ids=str)
def test_part_does_not_name_its_own_face(path: Path) -> None:
    face = (path.parent / "__init__.py").as_posix()
    assert len(path.parts) == 1 or face not in ours(path), f"{path} imports the face of its own room"


def test_no_ring() -> None:
    graph = {p.as_posix(): ours(p) - {p.as_posix()} for p in FILES}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for target in sorted(graph[name]):
                visit(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_only_net_speaks_http() -> None:
    """SSRF-20: one client, so that no path goes round the guard."""
    clients = {"requests", "urllib3", "httpx", "httpx2", "urllib.request", "http.client", "pycurl", "socket"}
    users = {
        p.as_posix()
        for p in FILES
        for n in imported(p)
        if n.split(".")[0] in clients or any(n.startswith(c) for c in ("urllib.request", "http.client"))
    }
    assert {user for user in users if room(Path(user)) != "net"} == set()
