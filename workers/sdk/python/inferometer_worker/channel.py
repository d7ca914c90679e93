"""The two descriptors between worker and coordinator."""
import os
import time

from .messages import MAX_LINE_BYTES, ProtocolError, encode

REQUESTS = 3
REPLIES = 4
_READ_BYTES = 64 * 1024


class StreamEnded(Exception):
    """Nobody reads any more."""


class Channel:
    def __init__(self, requests=REQUESTS, replies=REPLIES):
        self._requests = requests
        self._replies = replies
        self._buffer = bytearray()
        self.received_ns = 0  # when the last byte of the line that was read last had come

    def read(self):
        """Blocks for the next line; None at the end of the stream (an unfinished line is dropped: whoever sent it is
        gone)."""
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched)
            if end > MAX_LINE_BYTES or (end < 0 and len(self._buffer) > MAX_LINE_BYTES):
                raise ProtocolError(f"a line is longer than {MAX_LINE_BYTES} bytes")
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[:end + 1]
                return line
            searched = len(self._buffer)
            try:
                more = os.read(self._requests, _READ_BYTES)
            except OSError:
                return None
            self.received_ns = time.monotonic_ns()
            if not more:
                return None
            self._buffer += more

    def write(self, message):
        rest = memoryview(encode(message))
        try:
            while rest:
                rest = rest[os.write(self._replies, rest):]
        except OSError:
            raise StreamEnded from None
