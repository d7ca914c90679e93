#!/usr/bin/env python3
"""Comparisons across fresh loads, one after another: A/A (a model against itself) or power (against the same
model with more layers). Runs the real binary; appends one JSON line per verdict to a file, so that a campaign
may be spread over days.

usage: fresh_loads.py BINARY OUT.jsonl COUNT BUDGET_SECONDS MARGIN_PERCENT EXTRA MODEL_A MODEL_B
"""
import json
import pathlib
import subprocess
import sys
import time


def one_verdict(binary, budget, margin, models):
    command = [binary, "compare", *dict.fromkeys(models), "--engines", "onnxruntime", "--threads", "1", "--mode", "standard",
               "--budget", budget, "--margin", margin, "--progress", "none", "-o", "json"]
    if models[0] == models[1]:
        command = command[:3] + ["--candidate", "onnxruntime,threads=1", "--candidate", "onnxruntime,threads=1"] + command[7:]
    finished = subprocess.run(command, capture_output=True, text=True)
    if not finished.stdout:
        sys.exit(finished.stderr)
    return json.loads(finished.stdout)


def main():
    binary, out, count, budget, margin, extra, *models = sys.argv[1:]
    for _ in range(int(count)):
        group = one_verdict(binary, budget, margin, models)["groups"][0]
        comparison = next(candidate["comparison"] for candidate in group["candidates"] if candidate["comparison"])
        line = {"utc_day": int(time.time() // 86400), "extra": float(extra), "verdict": comparison["verdict"],
                "claim_scope": comparison["claim_scope"], "fresh_loads": comparison["fresh_loads"],
                "seconds": group["stop"]["measuring_ns"] / 1e9, "trust": group["trust"]["grade"]}
        with pathlib.Path(out).open("a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 9:
        sys.exit(__doc__)
    main()
