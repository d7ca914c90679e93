#!/usr/bin/env python3
"""Our worker and the engine's own Python on one model, interleaved in random order: what does our way of calling
the engine cost or save? The measure is the CPU time of the process per inference, which neighbours disturb less
than time on the wall. Beside it is the CPU time of the thread that calls: TensorFlow computes in a thread of
its own, so the rest is the engine and what the caller spends is the wrapper. Every load starts both anew, on one
common CPU; a load is one line: the blocks of both.
bench/summarise.py gives the intervals. A load number is the seed of its order, so that a later day goes on.

usage: own_python.py WAY WORKER LIBRARY MODEL LOADS OUT.jsonl PYTHON...
  WAY      in which Python calls the engine, see python_loop.py
  WORKER   inferometer-worker-tensorflow or -litert; LIBRARY: of its engine; MODEL: SavedModel folder or TFLite file
  PYTHON   the command that runs a script where the engine's Python package, numpy and safetensors are
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

PAIRS = 8
BLOCK_NS = 200e6
WARM_UP_NS = 300e6
# After a hand-over caches hold what the other side used. Both sides run until that is gone: what is compared is
# the cost of calling an engine, and how fast a side warms up again is another question.
DISCARDED = 5
MOST_RUNS = 1 << 18  # that one request of the protocol may ask for


def on_cpu(cpu):
    return lambda: os.sched_setaffinity(0, {cpu})


def caller_ns(process):
    """CPU time of the thread that calls the engine: the first. It waits for us, so the kernel's count is exact."""
    return int(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/schedstat").read_text().split()[0])


class Ours:
    """The worker, asked by its protocol (schema/protocol.md) on the descriptors 3 and 4."""

    def __init__(self, worker, library, cpu):
        requests, self.requests = os.pipe()
        self.replies, replies = os.pipe()

        def connect():
            # Not 3 and 4 already, or the second would overwrite what the first still needs.
            from_us, to_us = os.dup(requests), os.dup(replies)
            os.dup2(from_us, 3)
            os.dup2(to_us, 4)
            on_cpu(cpu)()

        self.process = subprocess.Popen([worker, "--library", library], preexec_fn=connect, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(requests)
        os.close(replies)
        self.lines = os.fdopen(self.replies)
        self.count = 0
        self.version = self.ask("hello", digest=False)["engine_version"]

    def ask(self, kind, **fields):
        self.count += 1
        message = {"type": kind, "id": self.count, "nonce": "bench", **fields}
        os.write(self.requests, (json.dumps(message) + "\n").encode())
        while True:
            reply = json.loads(self.lines.readline())
            if reply["type"] == "failed":
                sys.exit(f"{kind}: {reply['reason']}")
            if reply["type"] != "phase":
                return reply

    def load(self, model, model_format, inputs):
        self.ask("load", parts=[{"name": "model", "file": model, "shapes": {}}], format=model_format, device="cpu",
                 precision="float32", threads=1, options={})
        self.ask("bind", part="model", set=0, file=inputs)

    def block(self, discard, runs):
        reply = self.ask("sample", part="model", sets=[0], discard_runs=discard, discard_ns=0, discard_enough_runs=0, discard_enough_ns=0,
                         samples=runs, duration_ns=0, runs_per_sample=1)
        return {"cpu_ns": reply["cpu_ns"], "wall_ns": reply["wall_ns"]}

    def close(self):
        self.ask("close")
        self.process.wait()
        os.close(self.requests)
        self.lines.close()


class Python:
    def __init__(self, loop, inputs, cpu):
        """`loop` is the command line up to the inputs."""
        self.process = subprocess.Popen([*loop, inputs], preexec_fn=on_cpu(cpu), text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.version = json.loads(self.process.stdout.readline())["version"]

    def block(self, discard, runs):
        print(json.dumps({"discard": discard, "runs": runs}), file=self.process.stdin)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def runs_of_a_block(sides):
    """After a warm-up of both; the same number for both."""
    slowest = 0
    for side in sides:
        spent, runs = 0, 1
        while spent < WARM_UP_NS or runs < 16:  # the very first run takes as long as many
            block = side.block(0, runs)
            spent += block["wall_ns"]
            last_ns = block["cpu_ns"] / runs
            runs = min(2 * runs, MOST_RUNS)
        slowest = max(slowest, last_ns)
    return min(MOST_RUNS, max(2, round(BLOCK_NS / max(slowest, 1))))


def one_load(number, loop, ours_of, model):
    """`ours_of`: worker and library."""
    worker, library = ours_of
    order = random.Random(number)
    cpu = order.choice(sorted(os.sched_getaffinity(0)))
    engine = pathlib.Path(worker).name.removeprefix("inferometer-worker-")
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.safetensors")
        python = Python(loop, inputs, cpu)
        ours = Ours(worker, library, cpu)
        if ours.version != python.version:
            sys.exit(f"{engine}: our library is {ours.version}, Python's {python.version}: give equal versions")
        ours.load(model, "saved_model" if os.path.isdir(model) else "tflite", inputs)
        runs = runs_of_a_block([ours, python])
        line = {"engine": f"{engine} {ours.version}", "load": number, "cpu": cpu, "runs": runs, "first": []}
        line |= {f"{name}_{measure}": [] for name in ("ours", "python") for measure in ("cpu_ns", "wall_ns", "caller_ns")}
        discard = max(DISCARDED, runs // 4)
        for _ in range(PAIRS):
            sides = [("ours", ours), ("python", python)]
            order.shuffle(sides)
            line["first"].append(sides[0][0])
            for name, side in sides:
                before_ns = caller_ns(side.process)
                block = side.block(discard, runs)
                # The discarded runs are in it.
                block["caller_ns"] = round((caller_ns(side.process) - before_ns) * runs / (discard + runs))
                for measure, value in block.items():
                    line[f"{name}_{measure}"].append(value)
        ours.close()
        python.close()
    return line


def main():
    way, worker, library, model, loads, out, *command = sys.argv[1:]
    out = pathlib.Path(out)
    first = len(out.read_text().splitlines()) if out.exists() else 0
    loop = [*command, str(pathlib.Path(__file__).with_name("python_loop.py")), way, model]
    with out.open("a") as file:
        for number in range(first, first + int(loads)):
            print(json.dumps(one_load(number, loop, (worker, library), model)), file=file, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 8:
        sys.exit(__doc__)
    main()
