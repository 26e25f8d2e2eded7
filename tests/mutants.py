"""Real documents, changed by chance as the web and its enemies do: the same seed gives the same mutants."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parents[1].parent / "shared" / "data" / "corpus"
LARGEST = 15 << 20  # as the fetcher's cap on a body

# What parsers have stumbled over: references beyond Unicode, breakers of comments and CDATA, declarations, stray bytes.
TOKENS = (
    b"&#xD800;", b"&#x110000;", b"&#99999999999;", b"&#0;", b"&nbsp;", b"&", b"&amp;lt;", b"]]>", b"<![CDATA[", b"<!--",
    b"-->", b"<!h<!h", b"<!DOCTYPE rss [<!ENTITY a 'b'>]>", b"<?xml version='1.1'?>", b"<?php ?>", b"<", b">", b"</",
    b"<item>", b"</item>", b"<entry>", b"</entry>", b"<content type='xhtml'>", b"<div>", b"<svg/onload=alert(1)>",
    b"<b><i>", b"<table><tr>", b"<iframe srcdoc='", b" xmlns='http://www.w3.org/1999/xhtml' ", b" xml:base='http://[' ",
    b" a='1' ", b"a:b:c", b"\0", b"\x0b", b"\x1b", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xb0\xa1",
    "글\u202e\U0001f469\u200d\U0001f4bb".encode(), b"http://[::1", b"http://a:99999999/", b"javascript:alert(1)",
    b"Fri, 31 Feb 2026 25:61:61 KST", b"0000-00-00T00:00:00Z", b"9999-12-31T23:59:59+14:00", b"-1", b"1e999", b"NaN",
    b"{", b"[", b'"', b"\\ud800", b"---\n", b"---\ntitle: [", b"*a", b"!!python/object", b"\r\n\r\n", b"\t",
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "euc-kr", "shift_jis", "gb18030", "koi8-r", "cp1252", "utf-7")
LABELS = (b"utf-8", b"UTF-16", b"euc-kr", b"windows-1252", b"utf-7", b"x-none", b"ascii", b"ISO-2022-KR")

Change = Callable[[random.Random, bytes, bytes], bytes]


class Mutant(NamedTuple):
    """*name* tells the file and the number from which the same mutant is made again."""

    name: str
    path: Path
    body: bytes


def sources(folders: Sequence[str]) -> list[Path]:
    """Return the documents of the corpus' *folders*, in order; none where the corpus is missing."""
    return [p for folder in folders for p in sorted((CORPUS / folder).rglob("*")) if p.is_file()]


def mutants(paths: Sequence[Path], seed: int, numbers: range) -> Iterator[Mutant]:
    """Give the mutants of *paths* with these *numbers*: each of one file, changed one to four times."""
    for number in numbers:
        chance = random.Random(f"{seed}:{number}")
        path, other = chance.choice(paths), chance.choice(paths)
        body, beside = path.read_bytes(), other.read_bytes()
        names = []
        for _ in range(chance.randint(1, 4)):
            change = chance.choice(CHANGES)
            names.append(change.__name__.strip("_"))
            body = change(chance, body, beside)[:LARGEST]
        yield Mutant(f"{_shown(path)} {seed}:{number} {'+'.join(names)}", path, body)


def _shown(path: Path) -> str:
    return path.relative_to(CORPUS).as_posix() if path.is_relative_to(CORPUS) else path.name


def _span(chance: random.Random, body: bytes, longest: int = 4096) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(len(body), start + chance.randint(1, longest))


def _flip(chance: random.Random, body: bytes, _: bytes) -> bytes:
    changed = bytearray(body)
    for _place in range(chance.randint(1, 8) if body else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: random.Random, body: bytes, _: bytes) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _delete(chance: random.Random, body: bytes, _: bytes) -> bytes:
    start, end = _span(chance, body)
    return body[:start] + body[end:]


def _repeat(chance: random.Random, body: bytes, _: bytes) -> bytes:
    start, end = _span(chance, body)
    return body[:end] + body[start:end] * chance.choice((1, 2, 10, 200)) + body[end:]


def _splice(chance: random.Random, body: bytes, beside: bytes) -> bytes:
    start, end = _span(chance, beside, 20_000)
    place = chance.randrange(len(body) + 1)
    return body[:place] + beside[start:end] + body[place:]


def _insert(chance: random.Random, body: bytes, _: bytes) -> bytes:
    for _place in range(chance.randint(1, 5)):
        place = chance.randrange(len(body) + 1)
        body = body[:place] + chance.choice(TOKENS) + body[place:]
    return body


def _flood(chance: random.Random, body: bytes, _: bytes) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + chance.choice(TOKENS) * chance.choice((50, 1000, 20_000)) + body[place:]


def _unclose(chance: random.Random, body: bytes, _: bytes) -> bytes:
    """Take away some closing tags."""
    pieces = body.split(b"</")
    if len(pieces) < 2:
        return body
    gone = chance.randrange(1, len(pieces))
    return b"</".join([*pieces[:gone], *(p.partition(b">")[2] for p in pieces[gone : gone + 1]), *pieces[gone + 1 :]])


def _swap(chance: random.Random, body: bytes, _: bytes) -> bytes:
    """Let one piece of markup stand for another."""
    pieces = body.split(b"<")
    first, second = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    pieces[first], pieces[second] = pieces[second], pieces[first]
    return b"<".join(pieces)


def _encode(chance: random.Random, body: bytes, _: bytes) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")


def _label(chance: random.Random, body: bytes, _: bytes) -> bytes:
    declared = b"<?xml version='1.0' encoding='" + chance.choice(LABELS) + b"'?>"
    return declared + body.partition(b"?>")[2] if body.startswith(b"<?xml") else declared + body


CHANGES: tuple[Change, ...] = (
    _flip, _cut, _delete, _repeat, _splice, _insert, _insert, _flood, _unclose, _swap, _encode, _label,
)  # fmt: skip
