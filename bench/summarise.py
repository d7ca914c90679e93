#!/usr/bin/env python3
"""Turns the raw lines of bench/results/*.jsonl into the tables of docs/validation.md (on stdout).

usage: summarise.py RESULTS_FOLDER
"""
import collections
import json
import lzma
import math
import pathlib
import statistics
import sys


def read(folder, name):
    file = folder / name
    packed = folder / (name + ".xz")
    text = file.read_text() if file.exists() else lzma.open(packed, "rt").read() if packed.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def upper_bound(count, total):
    """Clopper-Pearson: the largest rate that gives so few with probability 5 %."""
    low, high = count / max(total, 1), 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = sum(math.comb(total, k) * middle**k * (1 - middle) ** (total - k) for k in range(count + 1))
        low, high = (middle, high) if at_most > 0.05 else (low, middle)
    return high


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def verdicts(lines, wanted):
    """Right answers; in fresh-load lines only those whose verdict is on fresh loads."""
    seconds = [line["seconds"] for line in lines]
    right = sum(line["verdict"] in wanted and line.get("claim_scope", "fresh loads") == "fresh loads" for line in lines)
    return right, quantile(seconds, 0.5), quantile(seconds, 0.9)


def table(header, rows):
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def one_load(folder):
    lines = read(folder, "one_load_aa.jsonl")
    alarms = sum(line["verdict"] in ("faster", "slower") for line in lines)
    equal, median, ninety = verdicts(lines, ("equivalent",))
    days = len({line["utc_day"] for line in lines})
    print("### A/A on one load, two labels, optional stopping\n")
    table(["verdicts", "days", "false alarms", "95 % upper bound", "equivalent within 60 s", "median s", "90 % s"],
          [[len(lines), days, alarms, f"{100 * upper_bound(alarms, len(lines)):.1f} %", f"{equal} ({100 * equal / max(1, len(lines)):.0f} %)",
            f"{median:.1f}", f"{ninety:.1f}"]])
    lines = read(folder, "one_load_2_percent.jsonl")
    found, median, ninety = verdicts(lines, ("slower",))
    print("### One load, the second label doing 2 % more real work\n")
    table(["trials", "found within 30 s", "wrong sign", "median s", "90 % s", "median ratio"],
          [[len(lines), f"{found} ({100 * found / max(1, len(lines)):.0f} %)", sum(line["verdict"] == "faster" for line in lines),
            f"{median:.1f}", f"{ninety:.1f}", f"{quantile([line['ratio'] for line in lines], 0.5):.4f}"]])


def fresh_loads(folder):
    rows = []
    for name, wanted in (("fresh_aa", ("equivalent",)), ("fresh_5_percent", ("slower",)), ("fresh_2_percent", ("slower",)),
                         ("fresh_5_percent_12ms_blocks", ("slower",)),
                         ("fresh_2_percent_12ms_blocks", ("slower",)), ("fresh_5_percent_12ms", ("slower",)),
                         ("fresh_2_percent_12ms", ("slower",))):
        lines = read(folder, name + ".jsonl")
        right, median, ninety = verdicts(lines, wanted)
        alarms = sum(line["verdict"] in (("faster", "slower") if name == "fresh_aa" else ("faster",)) and line["claim_scope"] == "fresh loads" for line in lines)
        invalid = sum(line["verdict"] == "invalid" for line in lines)
        decided = [line["seconds"] for line in lines if line["verdict"] in wanted]
        rows.append([name, len(lines), wanted[0], right, alarms, invalid, f"{median:.1f}", f"{ninety:.1f}", f"{quantile(decided, 0.5):.1f}",
                     f"{quantile([line['fresh_loads']['latency_ratio'] for line in lines], 0.5):.4f}" if lines else "-"])
    print("### Across fresh loads\n")
    table(["campaign", "verdicts", "right answer", "right", "false", "invalid", "median s", "90 % s", "median s of the right", "median ratio"], rows)


def replays(folder):
    cells = collections.defaultdict(list)
    for line in read(folder, "replays.jsonl"):
        cells[line["margin"], line["true_ratio"], line["noise"]].append(line)
    rows = []
    for (margin, ratio, noise), lines in sorted(cells.items(), key=lambda cell: (-cell[0][0], cell[0][1:])):
        covered = sum(line["low"] <= ratio <= line["high"] for line in lines)
        right, median, ninety = verdicts(lines, ("slower",) if ratio > 1 else ("equivalent",))
        false = sum(line["verdict"] in ("faster",) + (("slower",) if ratio == 1 else ()) for line in lines)
        within_ten = sum(line["seconds"] <= 10 and line["verdict"] == ("slower" if ratio > 1 else "equivalent") for line in lines)
        rows.append([ratio, f"{100 * margin:g} %", noise, len(lines), f"{100 * covered / len(lines):.1f} %", right, false, within_ten, f"{median:.1f}", f"{ninety:.1f}"])
    print("### Replayed noise (2 ms model, one load, 30 s budget)\n")
    table(["true ratio", "margin", "noise", "replays", "coverage at the stop", "right", "false", "right within 10 s", "median s", "90 % s"], rows)


def rank(count, level=0.05):
    """The sign confidence sequence of src/statistics: between which order statistics the median lies."""
    def beta(a, b):
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    k = 0
    while k <= count // 2 and count * math.log(2) + beta(k + 0.5, count - k + 0.5) - beta(0.5, 0.5) >= math.log(1 / level):
        k += 1
    return k


def interval(values):
    """Median and 95 % confidence sequence."""
    ordered = sorted(values)
    k = rank(len(ordered))
    low, high = (ordered[k - 1], ordered[len(ordered) - k]) if k else (0, math.inf)
    return f"{statistics.median(ordered):.4f} ({low:.4f}-{high:.4f})"


def own_python(folder):
    rows = []
    for file in sorted(folder.glob("own_python_*.jsonl")):
        loads = read(folder, file.name)

        def ratio(value):
            # One number a load: its rounds share their memory and their CPU.
            return interval([statistics.median(ours / python for ours, python in zip(value(load, "ours"), value(load, "python"))) for load in loads])

        def per_run(measure, side):
            return f"{statistics.median(block / load['runs'] for load in loads for block in load[f'{side}_{measure}']) / 1e3:.1f}"

        def without_caller(load, side):
            return [cpu - caller for cpu, caller in zip(load[f"{side}_cpu_ns"], load[f"{side}_caller_ns"])]

        # LiteRT with one thread computes in the calling one.
        has_thread = loads[-1]["engine"].startswith("tensorflow")
        rows.append([file.stem.removeprefix("own_python_"), loads[-1]["engine"], len(loads), per_run("cpu_ns", "ours"), per_run("cpu_ns", "python"),
                     ratio(lambda load, side: load[f"{side}_cpu_ns"]), *([per_run("caller_ns", "ours"), per_run("caller_ns", "python")] if has_thread else ["-", "-"]),
                     ratio(without_caller) if has_thread and "no_op" not in file.stem else "-"])
    print("### Our worker against the engine's own Python, one thread, fresh loads of both\n")
    table(["model", "engine", "loads", "ours, us of CPU", "Python, us of CPU", "ratio of CPU time ours / Python (95 % confidence sequence)",
           "ours, calling thread", "Python, calling thread", "ratio of the rest"], rows)


def loops(folder):
    rows = []
    for file in sorted(folder.glob("plain_loop*.jsonl")) + sorted(folder.glob("own_tool*.jsonl")):
        lines = read(folder, file.name)
        rows.append([file.stem, lines[-1]["engine"], len(lines), interval([line["ours_ns"] / line["plain_ns"] for line in lines])])
    print("### Our loop against a plain loop on one loaded session, and against an engine's own tool\n")
    table(["run", "against", "pairs", "ratio ours / other (95 % confidence sequence)"], rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    results = pathlib.Path(sys.argv[1])
    loops(results)
    own_python(results)
    one_load(results)
    fresh_loads(results)
    replays(results)
