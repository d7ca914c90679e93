#!/usr/bin/env python3
"""OpenVINO's own benchmark_app and our worker on the same model, in turn, each in fresh processes. Every pair is
one line: the median latency that each tool prints. The interval is the sign confidence sequence over pairs.

usage: own_tool.py BINARY BENCHMARK_APP MODEL PAIRS OUT.jsonl
  BENCHMARK_APP comes with the PyPI package openvino of the same version, in an environment of its own.
"""
import json
import math
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


def rank(count, level=0.05):
    def evidence(s):
        beta = lambda a, b: math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
        return count * math.log(2) + beta(s + 0.5, count - s + 0.5) - beta(0.5, 0.5)
    k = 0
    while k <= count // 2 and evidence(k) >= math.log(1 / level):
        k += 1
    return k


def main():
    binary, app, model, pairs, out = sys.argv[1:]
    ratios = []
    with pathlib.Path(out).open("w") as file:
        for pair in range(int(pairs)):
            tools = [("ours", ours, binary), ("own", own, app)]
            random.shuffle(tools)
            medians = {name: measure(program, model) for name, measure, program in tools}
            ratios.append(medians["ours"] / medians["own"])
            print(json.dumps({"pair": pair, "ours_ns": medians["ours"], "own_ns": medians["own"], "first": tools[0][0]}), file=file, flush=True)
        ratios.sort()
        k = rank(len(ratios))
        low, high = (ratios[k - 1], ratios[len(ratios) - k]) if k else (0, math.inf)
        print(json.dumps({"pairs": len(ratios), "engine": "openvino benchmark_app", "ratio": ratios[len(ratios) // 2], "low": low, "high": high}), file=file)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main()
