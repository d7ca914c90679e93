"""Starts a worker and talks to it, for the tests of engines and for bench/."""
import json
import os
import subprocess


class Conversation:
    def __init__(self, argv, environment=None):
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()

        def connect():
            # Not 3 and 4 already, or the second would overwrite what the first still needs.
            from_us, to_us = os.dup(requests), os.dup(replies)
            os.dup2(from_us, 3)
            os.dup2(to_us, 4)

        self.process = subprocess.Popen(argv, preexec_fn=connect, close_fds=False, env=environment, stdin=subprocess.DEVNULL)
        os.close(requests)
        os.close(replies)
        self._lines = os.fdopen(self._replies)
        self._count = 0

    def ask(self, kind, **fields):
        """The reply, whatever it is."""
        self._count += 1
        os.write(self._requests, (json.dumps({"type": kind, "id": self._count, "nonce": "n", **fields}) + "\n").encode())
        while True:
            reply = json.loads(self._lines.readline())
            if reply["type"] != "phase":
                return reply

    def require(self, kind, **fields):
        reply = self.ask(kind, **fields)
        if reply["type"] == "failed":
            raise AssertionError(f"{kind}: {reply['phase']}: {reply['reason']}")
        return reply

    def close(self):
        self.ask("close")
        os.close(self._requests)
        self._lines.close()
        return self.process.wait()
