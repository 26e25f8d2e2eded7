"""The child: reads one document after the other and answers; it ends with its bounds, or when its parent does.

Run as `python -m feeds.sandbox.child MEGABYTES` with questions on its standard input.
"""

import os
import resource
import signal
import sys
from math import ceil

from feeds.errors import ParseError
from feeds.parse import parse
from feeds.sandbox.wire import Answer, Ask, answering, asked, next_frame

OUT_OF_MEMORY = 3  # exit code
# Descriptors: three standard ones, two for what Python imports late (codecs, encodings).
FILES = 16


def main() -> None:
    """Answer until the questions end."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    _confine(int(sys.argv[1]) << 20)
    while (frame := next_frame(questions)) is not None:
        ask = asked(*frame)
        _allow(ask.seconds)
        try:
            answers.write(_answer(ask))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        answers.flush()


def _confine(memory: int) -> None:
    """Bound what this process may have, and leave its end to the parent.

    Ctrl-C and `kill` of a group reach every process of it: the parent then decides, and closes the pipe.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for bound, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        resource.setrlimit(bound, (limit, limit))


def _allow(seconds: int) -> None:
    """Let this process work *seconds* more; then the system ends it by SIGXCPU, whatever it is doing."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ends = ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (ends, resource.RLIM_INFINITY))


def _answer(ask: Ask) -> bytes:
    try:
        return answering(Answer(parsed=parse(ask.document, ask.source)))
    except MemoryError:
        raise
    except ParseError as error:
        return answering(Answer(code=error.code, detail=error.detail))
    except Exception as error:  # the catch-all: whatever hostile bytes bring about stays with their source
        said = f"{type(error).__name__}: {error}"[:200].encode("ascii", "backslashreplace").decode()
        return answering(Answer(code="reader", detail=said))


if __name__ == "__main__":
    main()
