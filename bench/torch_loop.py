#!/usr/bin/env python3
"""The Python SDK's sampler against a plain Python loop on the same loaded PyTorch module, in blocks in random order, in
one process on one CPU. The ratio is that of CPU time of the process, which neighbours disturb less than time on the
wall. Run it with the interpreter of the package, on a machine that has nothing else to do:

  PYTHONPATH=LIBRARIES python3 -S bench/torch_loop.py CHECKPOINT PAIRS OUT.jsonl     one line a pair
  python3 bench/torch_loop.py --summary OUT.jsonl                                    median ratio, 95 % interval (signs)
"""
import json
import os
import pathlib
import random
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNS = 20
SEQUENCE = 32


def plain(run):
    for _ in range(5):
        run()
    begin = time.process_time_ns()
    for _ in range(RUNS):
        run()
    return (time.process_time_ns() - begin) / RUNS


def pairs(checkpoint, count):
    sys.path[:0] = [str(ROOT / "workers/sdk/python"), str(ROOT / "workers/pytorch")]
    import pytorch_engine
    from inferometer_worker.engine import Hello
    from inferometer_worker.sampling import Job, Sampler

    order = random.Random(7)
    os.sched_setaffinity(0, {order.choice(sorted(os.sched_getaffinity(0)))})
    engine = pytorch_engine.PyTorchEngine()
    hello = Hello([])
    engine.open("", hello)
    import torch
    shapes = {"input_ids": [1, SEQUENCE], "attention_mask": [1, SEQUENCE]}
    engine.load({"parts": [{"name": "model", "file": checkpoint, "shapes": shapes}], "precision": "float32", "threads": 1,
                 "options": {"mode": "eager"}}, lambda phase: None)
    inputs = {name: torch.ones(shape, dtype=torch.int64) for name, shape in shapes.items()}
    engine._sets[0] = inputs
    module = engine._module
    request = {"sets": [0], "discard_runs": 5, "discard_ns": 0, "discard_enough_runs": 0, "discard_enough_ns": 0,
               "samples": RUNS, "duration_ns": 0, "runs_per_sample": 1}
    sampler = Sampler(time.monotonic_ns)
    sides = {"ours": lambda: sampler.sample(Job(engine, 0, request), 0)["cpu_ns"] / RUNS,
             "plain": lambda: plain(lambda: module(**inputs))}
    for _ in range(count):
        names = order.sample(sorted(sides), 2)
        yield {"engine": f"pytorch {hello.engine_version}", "first": names[0], **{name: sides[name]() for name in names}}
    engine.close()


def summary(lines):
    ratios = sorted(line["ours"] / line["plain"] for line in lines)
    reach = round(0.98 * len(ratios) ** 0.5)  # of the order statistics around the median
    middle = len(ratios) // 2
    print(f"{len(ratios)} pairs: {statistics.median(lines_ns(lines)) / 1e6:.2f} ms a run, ratio ours / plain "
          f"{statistics.median(ratios):.4f} ({ratios[max(0, middle - reach)]:.4f}-{ratios[min(len(ratios) - 1, middle + reach)]:.4f})")


def lines_ns(lines):
    return [line["plain"] for line in lines]


def main(arguments):
    if arguments[0] == "--summary":
        summary([json.loads(line) for line in pathlib.Path(arguments[1]).read_text().splitlines()])
        return
    with open(arguments[2], "a", buffering=1) as out:
        for line in pairs(arguments[0], int(arguments[1])):
            print(json.dumps(line), file=out)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1:])
