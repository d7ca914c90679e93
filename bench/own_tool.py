#!/usr/bin/env python3
"""OpenVINO's own benchmark_app and our worker on the same model, in turn, each in fresh processes. Appends
one line for every pair: the median latency that each tool prints. bench/summarise.py gives the interval.

usage: own_tool.py BINARY BENCHMARK_APP MODEL PAIRS OUT.jsonl
  BENCHMARK_APP comes with the PyPI package openvino of the same version, in an environment of its own.
"""
import json
import pathlib
import random
import re
import subprocess
import sys


def own(app, model):
    command = [app, "-m", model, "-d", "CPU", "-api", "sync", "-hint", "none", "-nstreams", "1", "-nthreads", "1", "-t", "3",
               "-infer_precision", "f32", "-inference_only", "true"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"Median:\s+([\d.]+) ms", printed)[1]) * 1e6


def ours(binary, model):
    command = [binary, "compare", model, "--candidate", "openvino,threads=1,shapes=static", "--mode", "quick", "--budget", "3",
               "--progress", "none", "-o", "json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(printed)["groups"][0]["candidates"][0]["latency"]["median_ns"]


def main():
    binary, app, model, pairs, out = sys.argv[1:]
    out = pathlib.Path(out)
    first = len(out.read_text().splitlines()) if out.exists() else 0
    with out.open("a") as file:
        for pair in range(first, first + int(pairs)):
            tools = [("ours", ours, binary), ("plain", own, app)]
            random.Random(pair).shuffle(tools)
            medians = {name: measure(program, model) for name, measure, program in tools}
            line = {"engine": "openvino, its benchmark_app", "pair": pair, "ours_ns": medians["ours"], "plain_ns": medians["plain"], "first": tools[0][0]}
            print(json.dumps(line), file=file, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main()
