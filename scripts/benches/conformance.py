"""How right we read, beside feedparser, fastfeedparser and feedparser-rs: one table over the data in ../shared.

scripts/bench conformance [--wrong]

Each row asks all readers the same questions; a figure is how many of their answers are right. Right answers:

real feeds    what a literal reading of the well-formed ones by lxml states (`conforming/literal.py`); a question an
              entry and field. Feeds in JSON are right where all of it is
encodings     the same reading of the document decoded as what it is: by a byte order mark, its folder, or its
              declaration; a question a document that is not ASCII alone, right where all its letters are
dates         the table of moments in tests/parse/data/dates.tsv, written by hand, in an RSS 2.0 item; of forms that
              Miniflux accepts and of others; those without a zone are UTC
cases         feedparser's own expectations of its well-formed documents and entities, where they concern what we keep
              (`conforming/ours.py`), but for those with which we disagree, and why (`conforming/cases.py`). Other
              readers are asked in feedparser's words as well: names of their own count as wrong
fast path     how many of the real feeds in XML our fast reader takes

Goal: in each row ours at least as often right as feedparser, and right in 99.9 % of what feedparser has right; 90 % of
the feeds on the fast path.
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from conformance_peers import Task
from conforming import cases, literal, ours, scores
from conforming.scores import Marks, Told
from timing import close, shared

HERE = Path(__file__).parent
PEERS = ("feedparser", "fastfeedparser", "feedparser_rs")
READERS = ("ours", *PEERS)
XML = "application/xml"
DATES = HERE.parents[1] / "tests" / "parse" / "data" / "dates.tsv"
DATED = '<rss version="2.0"><channel><title>t</title><item><title>t</title><pubDate>{}</pubDate></item></channel></rss>'


@dataclass(slots=True)
class Sheet:
    """What is asked: tasks by kind and name. Moments are those of the tasks of dates; None: no date."""

    tasks: dict[tuple[str, str], Task] = field(default_factory=dict)
    moments: dict[str, str | None] = field(default_factory=dict)

    def add(self, kind: str, name: str, path: Path, media_type: str = XML) -> None:
        self.tasks[kind, name] = {"path": str(path), "url": literal.URL, "media_type": media_type, "expect": ""}


def sheet(corpus: Path, folder: Path, every: int = 1) -> Sheet:
    """Return the questions; of real feeds every so many-th. Documents made for dates are put into *folder*."""
    found = Sheet()
    for path in [p for p in sorted((corpus / "real").rglob("*")) if p.is_file()][::every]:
        found.add("real", path.name, path)
    for path in sorted((corpus / "encodings").rglob("*.xml")):
        if (name := literal.encoding(path)) and not path.read_bytes().decode(name).isascii():
            media_type = cases.header(path, "content-type") if path.parent.name == "feedparser" else ""
            found.add("encodings", f"{path.parent.name}/{path.name}", path, media_type or XML)
    for name in ("wellformed", "entities"):
        asked = cases.tasks(corpus / "feedparser" / name)
        found.tasks |= {("cases", case): task for case, task in asked.items() if case not in cases.ARGUED}
    _add_dates(found, corpus, folder)
    return found


def _add_dates(found: Sheet, corpus: Path, folder: Path) -> None:
    accepted = {text.strip() for text in json.loads((corpus / "dates" / "miniflux_accepted.json").read_text("utf-8"))}
    rows = [line.split("\t") for line in DATES.read_text("utf-8").splitlines() if not line.startswith("#")]
    for number, (text, zone, moment) in enumerate(rows):
        if zone == "UTC":  # no other reader can be told of another
            path = folder / f"{number}.xml"
            path.write_text(DATED.format(text.replace("&", "&amp;").replace("<", "&lt;")), encoding="utf-8")
            found.add("dates Miniflux reads" if text in accepted else "other dates", text, path)
            found.moments[text] = None if moment == "-" else moment


def told_by_us(asked: Sheet) -> list[Told]:
    """Return what our reader says to each task, in their order."""
    answers: list[Told] = []
    for task in asked.tasks.values():
        parsed = ours.read(task)
        if task["expect"]:
            answers.append({"holds": ours.holds(task["expect"], parsed)})
        else:
            answers.append(ours.told(parsed) if parsed else {"error": "refused"})
    return answers


def told_by(reader: str, python: Path, asked: Sheet, folder: Path) -> list[Told] | str:
    """Return what a peer says to each task, or why it cannot be asked."""
    listed = folder / "tasks.json"
    listed.write_text(json.dumps(list(asked.tasks.values())), encoding="utf-8")
    command = [str(python), str(HERE / "conformance_peers.py"), reader, str(listed)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode:
        return (ran.stderr.strip().splitlines() or [f"ended with {ran.returncode}"])[-1]
    return [json.loads(line) for line in ran.stdout.splitlines()]


def marked(asked: Sheet, told: list[Told], concerned: list[Told]) -> dict[str, Marks]:
    """Return the rows of one reader; *concerned* are our own answers, which know what cases concern us."""
    rows: defaultdict[str, Marks] = defaultdict(Marks)
    for ((kind, name), task), answer, own in zip(asked.tasks.items(), told, concerned, strict=True):
        said = answer if "items" in answer else None
        items = said["items"] if said else []
        path = Path(task["path"])
        if kind == "real":
            rows["feeds that give entries"].right[name] = bool(items)
            feed = literal.read(path.read_bytes())
            if feed and path.read_bytes().lstrip()[:1] == b"{":
                rows["feeds in JSON"].right[name] = scores.whole(feed, said)
            elif feed:
                scores.real(name, feed, said, rows)
        elif kind == "encodings":
            encoding = literal.encoding(path)
            if feed := literal.decoded(path.read_bytes(), encoding):
                row = "encodings: Korean" if encoding == "cp949" else "encodings: others"
                rows[row].right[name] = scores.readable(feed, said)
        elif kind == "cases":
            if own["holds"] is not None:
                rows["feedparser's cases"].right[name] = bool(answer.get("holds"))
        else:
            moment = asked.moments[name]
            found = items[0]["published"] if items else ""
            rows[kind].right[name] = literal.moment(found) == (literal.moment(moment) if moment else None)
    return dict(rows)


def fast_share(asked: Sheet, told: list[Told]) -> Marks:
    """Return which real feeds in XML the fast reader takes."""
    return Marks({
        name: answer.get("reader") == "fast"
        for ((kind, name), task), answer in zip(asked.tasks.items(), told, strict=True)
        if kind == "real" and Path(task["path"]).read_bytes().lstrip()[:1] != b"{"
    })  # fmt: skip


def table(rows: dict[str, dict[str, Marks]], fast: Marks, absent: dict[str, str]) -> None:
    print(f"{'':24} {'asked':>8}" + "".join(f" {reader:>14}" for reader in READERS) + f" {'of feedparser’s':>16}")
    for row, own in rows["ours"].items():
        figures = [str(rows[reader][row]) if reader in rows else "-" for reader in READERS]
        right, of = own.where(rows["feedparser"][row]) if "feedparser" in rows else (0, 0)
        share = f"{right:,} of {of:,}"
        print(f"{row:24} {len(own.right):8,}" + "".join(f" {figure:>14}" for figure in figures) + f" {share:>16}")
    print(f"{'fast path':24} {len(fast.right):8,} {fast!s:>14}")
    for reader, reason in absent.items():
        print(f"{reader} could not be asked: {reason}")


def failed(rows: dict[str, dict[str, Marks]]) -> list[str]:
    """Return the rows in which the goal is missed."""
    missed = []
    for row, own in rows["ours"].items():
        other = rows.get("feedparser", {}).get(row, Marks())
        right, of = own.where(other)
        if sum(own.right.values()) < sum(other.right.values()) or right < 0.999 * of:
            missed.append(row)
    return missed


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--wrong", action="store_true", help="name each question that we answer wrongly")
    given = words.parse_args()
    corpus = shared("corpus")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = sheet(corpus, folder)
        own = told_by_us(asked)
        rows, absent = {"ours": marked(asked, own, own)}, dict[str, str]()
        for reader in PEERS:
            told = told_by(reader, Path(os.environ["PEERS"]) / "bin" / "python", asked, folder)
            if isinstance(told, str):
                absent[reader] = told
            else:
                rows[reader] = marked(asked, told, own)
    fast = fast_share(asked, own)
    table(rows, fast, absent)
    if given.wrong:
        for row, marks in rows["ours"].items():
            for question in (question for question, right in marks.right.items() if not right):
                theirs = "feedparser right" if rows.get("feedparser", {}).get(row, Marks()).right.get(question) else ""
                print(f"{row}: {question} {theirs}")
    missed = failed(rows)
    share = sum(fast.right.values()) / len(fast.right)
    figure = f"{len(rows['ours']) - len(missed)} of {len(rows['ours'])} rows, {share:.1%} fast"
    figure += f" (missed: {', '.join(missed)})" if missed else ""
    goal = "all rows as good as feedparser and 99.9 % of its right answers, >= 90 % fast"
    close("conformance", figure, goal, holds=not missed and share >= 0.9 and "feedparser" in rows)


if __name__ == "__main__":
    main()
