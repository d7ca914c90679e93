#!/usr/bin/env python3
"""What does the Python SDK's loop add to a run? One load is one process on one CPU: the sampler of
workers/sdk/python times the null engine in Python, and a plain loop calls the same `run`, in blocks in random order.
Two numbers in nanoseconds, of CPU time, which neighbours disturb less than time on the wall:

  in_sample      what a sample of one run has beyond the call: the two readings of the clock (of the wall: the median)
  an_iteration   what the loop spends a sample beyond the call: choosing the inputs and keeping the readings too

usage: python_sdk.py LOADS OUT.jsonl       a load is one line; a later day goes on where this one ended
       python_sdk.py --summary OUT.jsonl   median and 95 % interval of the mean over loads (t, two-sided)
"""
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time
from itertools import repeat

ROOT = pathlib.Path(__file__).resolve().parents[1]
BLOCKS = 20
RUNS = 20_000
T_975 = {4: 2.776, 9: 2.262, 19: 2.093}  # by degrees of freedom


def one_load(seed):
    sys.path[:0] = [str(ROOT / "workers/sdk/python"), str(ROOT / "workers/null-python")]
    import null_python_engine
    from inferometer_worker.sampling import Job, Sampler
    from inferometer_worker.tensors import Tensor

    order = random.Random(seed)
    os.sched_setaffinity(0, {order.choice(sorted(os.sched_getaffinity(0)))})
    engine = null_python_engine.NullEngine()
    engine.bind(0, 0, {"x": Tensor("x", "float32", (1, 8), memoryview(bytes(32)))})
    request = {"sets": [0], "discard_runs": 100, "discard_ns": 0, "discard_enough_runs": 0, "discard_enough_ns": 0,
               "samples": RUNS, "duration_ns": 0, "runs_per_sample": 1}
    job = Job(engine, 0, request)
    sampler = Sampler(time.monotonic_ns)
    engine.select(0, 0)

    def ours():
        reply = sampler.sample(job, 0)
        return {"loop": reply["cpu_ns"] / RUNS, "sample": statistics.median(reply["durations_ns"])}

    def plain():
        run = engine.run
        begin = time.process_time_ns()
        for _ in repeat(None, RUNS):
            run()
        return {"call": (time.process_time_ns() - begin) / RUNS}

    seen = {"loop": [], "sample": [], "call": []}
    for _ in range(BLOCKS):
        for side in order.sample([ours, plain], 2):
            for name, value in side().items():
                seen[name].append(value)
    middle = {name: statistics.median(values) for name, values in seen.items()}
    return {"load": seed, "python": sys.version.split()[0], "call_ns": round(middle["call"], 1),
            "in_sample_ns": round(middle["sample"] - middle["call"], 1),
            "an_iteration_ns": round(middle["loop"] - middle["call"], 1)}


def summary(lines):
    for name in ("call_ns", "in_sample_ns", "an_iteration_ns"):
        values = [line[name] for line in lines]
        half = T_975[len(values) - 1] * statistics.stdev(values) / len(values) ** 0.5
        print(f"{name:16} median {statistics.median(values):7.1f}   mean {statistics.mean(values):7.1f} +- {half:.1f}   "
              f"largest {max(values):.1f}   ({len(values)} loads)")


def main(arguments):
    if arguments[0] == "--load":
        print(json.dumps(one_load(int(arguments[1]))))
        return
    out = pathlib.Path(arguments[1])
    lines = out.read_text().splitlines() if out.exists() else []
    if arguments[0] == "--summary":
        summary([json.loads(line) for line in lines])
        return
    for seed in range(len(lines), len(lines) + int(arguments[0])):
        done = subprocess.run([sys.executable, "-S", "-B", __file__, "--load", str(seed)], check=True, capture_output=True, text=True)
        with out.open("a") as file:
            file.write(done.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1:])
