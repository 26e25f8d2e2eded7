"""What parent and child say to each other: frames of JSON, in which nothing can be run.

The child is not trusted: it has just read whatever the web sent. So no pickle; pydantic builds our values from JSON and
refuses all that is not of their shape. A frame is two lengths (4 bytes each, big-endian), a head and a body.
"""

import struct
from typing import BinaryIO, NamedTuple

from pydantic import TypeAdapter

from feeds.model.entry import Parsed
from feeds.model.source import Document, Source

LENGTHS = struct.Struct(">II")


class Ask(NamedTuple):
    """A document to be read for its source."""

    document: Document
    source: Source
    seconds: int  # of processor time


class Answer(NamedTuple):
    """What came of it: *parsed*, or the code and detail of a `ParseError`."""

    parsed: Parsed | None = None
    code: str = ""
    detail: str = ""


_ASK: TypeAdapter[Ask] = TypeAdapter(Ask)
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def asking(ask: Ask) -> bytes:
    """Return the frame of a question; the document's bytes travel beside the JSON as they are."""
    body = ask.document.body
    return _frame(_ASK.dump_json(ask._replace(document=_without_body(ask.document))), body)


def answering(answer: Answer) -> bytes:
    """Return the frame of an answer. Raises `PydanticSerializationError` where a text is not Unicode."""
    return _frame(_ANSWER.dump_json(answer), b"")


def asked(head: bytes, body: bytes) -> Ask:
    """Read a question back."""
    ask = _ASK.validate_json(head)
    return ask._replace(document=_with_body(ask.document, body))


def answered(head: bytes) -> Answer:
    """Read an answer back. Raises `ValidationError` where it is not one."""
    return _ANSWER.validate_json(head)


def next_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Return head and body of the next frame; None where the stream ends."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, body = LENGTHS.unpack(lengths)
    found = stream.read(head), stream.read(body)
    return found if (len(found[0]), len(found[1])) == (head, body) else None


def _frame(head: bytes, body: bytes) -> bytes:
    return b"".join((LENGTHS.pack(len(head), len(body)), head, body))


def _without_body(document: Document) -> Document:
    return Document(url=document.url, body=b"", media_type=document.media_type)


def _with_body(document: Document, body: bytes) -> Document:
    return Document(url=document.url, body=body, media_type=document.media_type)
