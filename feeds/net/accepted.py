"""A connection that somebody opened to us, for what its transport cannot do: a file goes out uncopied (sendfile)."""

import os
import socket

_MORE_COMES: int = getattr(socket, "MSG_MORE", 0)  # so that the head does not go out, and wake the client, by itself


class Accepted:
    """A second descriptor of the connection *number*, which is not to be written to by both at once."""

    def __init__(self, number: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=os.dup(number))

    def send(self, head: bytes, file: int, length: int) -> int:
        """Hand *head* and the *length* bytes of *file* to the kernel; return how many it took at once.

        It has no faults of its own: whoever writes the rest meets them.
        """
        sent = 0
        try:
            sent = self._socket.send(head, _MORE_COMES)
            return sent + os.sendfile(self._socket.fileno(), file, 0, length) if sent == len(head) else sent
        except OSError:
            return sent

    def close(self) -> None:
        self._socket.close()
