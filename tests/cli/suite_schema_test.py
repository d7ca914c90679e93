#!/usr/bin/env python3
"""schema/suite.schema.json and the program accept the same suite files and refuse the same.

usage: suite_schema_test.py INFEROMETER REPOSITORY
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"{missing}: Debian has python3-jsonschema and python3-yaml", file=sys.stderr)
    sys.exit(77)

NULL_PHASE = "phases:\n- name: p\n  models: ['null']\n"
GOOD = [
    "",
    "benchmark:\nphases: [{name: p, models: ['null']}]",
    "benchmark: {warmup_iterations: 10, test_iterations: 50, repeat_runs: 1}\n" + NULL_PHASE,
    "benchmark: {budget_seconds: 0.5, margin_percent: 50}\nmode: quick\nseed: 0\nthreads: [1, all]\n" + NULL_PHASE,
    "dataset: {text: {num_samples: 100}, image: {path: x, num_samples: 1}}\nmissing_weights: skip\n" + NULL_PHASE,
    NULL_PHASE + "  engines: ['null']\n  variants: ['null']\n  folders: batch_size\n  batch_sizes: [1, 4]",
    NULL_PHASE + "  candidates: ['null,work=5']\n  folders: candidate",
    "phases: [{name: p, models: [{model: 'null', folder: a.b-c_D}, {model: 'null'}], set: engines}]",
]
BAD = [
    "[]",
    "mode: fast",
    "modes: quick",
    "benchmark: {test_iterations: 0}",
    "benchmark: {test_iterations: 1000001}",
    "benchmark: {test_iterations: 'ten'}",
    "benchmark: {repeat_runs: 1001}",
    "benchmark: {budget_seconds: 0}",
    "benchmark: {budget_seconds: 86401}",
    "benchmark: {margin_percent: 51}",
    "benchmark: {iterations: 5}",
    "benchmark: [1]",
    "batch_sizes: 4",
    "batch_sizes: []",
    "batch_sizes: [0]",
    "batch_sizes: [1, 1]",
    "sequence_lengths: ['64']",
    "threads: [0]",
    "threads: [some]",
    "threads: [4097]",
    "dataset: {text: {num_samples: 0}}",
    "dataset: {text: {count: 1}}",
    "dataset: {audio: {}}",
    "missing_weights: random",
    "seed: -1",
    "seed: seven",
    "phases: []",
    "phases: [{name: p}]",
    "phases: [{models: [x]}]",
    "phases: [{name: p, models: []}]",
    "phases: [{name: ../p, models: [x]}]",
    "phases: [{name: records, models: [x]}]",
    "phases: [{name: p, models: [{folder: x}]}]",
    "phases: [{name: p, models: [{model: x, folder: .x}]}]",
    "phases: [{name: p, models: [x], set: brt}]",
    "phases: [{name: p, models: [x], set: bert, engines: [x]}]",
    "phases: [{name: p, models: [x], set: bert, candidates: [x]}]",
    "phases: [{name: p, models: [x], candidates: [x], variants: [x]}]",
    "phases: [{name: p, models: [x], folders: engine}]",
    "phases: [{name: p, models: [x], engines: x}]",
]


def program_says(program, folder, text):
    """Exit code and message."""
    file = pathlib.Path(folder) / "sample.yaml"
    file.write_text(text)
    environment = os.environ | {"INFEROMETER_HOME": folder, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([program, "suite", str(file), "--dry-run"], env=environment, capture_output=True, text=True)
    return done.returncode, done.stderr, f"{file}:"


def main():
    program, repository = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((repository / "schema" / "suite.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    wrong = []
    shipped = (repository / "suites" / "full.yaml").read_text()
    with tempfile.TemporaryDirectory() as folder:
        for text, good in [(one, True) for one in [shipped, *GOOD]] + [(one, False) for one in BAD]:
            if validator.is_valid(yaml.safe_load(text)) != good:
                wrong.append(f"the schema {'refuses' if good else 'accepts'}: {text}")
            code, said, place = program_says(program, folder, text)
            if good and code != 0:
                wrong.append(f"the program refuses: {text}\n{said}")
            if not good and (code != 2 or place not in said):
                wrong.append(f"the program does not name the place: {text}\n{said}")
    print("\n".join(wrong), file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
