"""What goes out from a file, as far as the kernel takes it."""

import socket
import tempfile

from feeds.net.accepted import Accepted
from tests.web.served import everything

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
BODY = bytes(range(256)) * 16_384


def test_head_and_file_arrive_in_order_as_far_as_was_told() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with (
        tempfile.TemporaryFile(buffering=0) as file,
        listener,
        socket.create_connection(listener.getsockname()) as mine,
    ):
        file.write(BODY)
        theirs, _ = listener.accept()
        mine.setblocking(False)
        line = Accepted(mine.fileno())
        sent, more = line.send(HEAD, file.fileno(), len(BODY)), 1
        while more:  # until nothing is taken any more
            more = line.send(HEAD, file.fileno(), len(BODY))
            sent += more
        line.close()
        mine.close()
        with theirs:
            theirs.settimeout(10)
            found = everything(theirs)
    assert len(found) == sent
    assert (HEAD + BODY).startswith(found[: len(HEAD + BODY)])
    assert len(HEAD) < sent


def test_what_a_client_that_left_takes_is_nothing() -> None:
    mine, theirs = socket.socketpair()
    with tempfile.TemporaryFile(buffering=0) as file, mine:
        file.write(BODY)
        line = Accepted(mine.fileno())
        theirs.close()
        assert line.send(HEAD, file.fileno(), len(BODY)) == 0
        line.close()
