#!/usr/bin/env python3
"""A worker in Python: its replies are the golden lines of schema/protocol_lines.jsonl, with what is true of it.

Offers the CPU and a fake device acc0, which is twice as fast. --idle=WORD is said in hello; --spin: a child
computes for ever.
"""
import json, os, pathlib, struct, sys, time

LINES = pathlib.Path(__file__).resolve().parents[2] / "schema" / "protocol_lines.jsonl"
GOLDEN = [json.loads(text) for text in LINES.read_text().splitlines()]
CPU = {"id": "cpu", "kind": "cpu", "name": "", "memory_bytes": 0, "driver": ""}
ACC0 = {"id": "acc0", "kind": "fake", "name": "Fake accelerator", "memory_bytes": 1 << 30, "driver": "1.0"}
now = time.monotonic_ns


def golden(speaker, kind, **changes):
    lines = (json.loads(one["line"]) for one in GOLDEN if one["from"] == speaker and "wrong" not in one)
    return next(line for line in lines if line["type"] == kind) | changes


def run(run_ns):
    end = now() + run_ns
    while now() < end:
        pass


def sampled(asked, run_ns):
    begin, discarded, first_ns = now(), 0, 0
    enough = lambda runs, ns: runs >= asked["discard_enough_runs"] or ns >= asked["discard_enough_ns"]
    while discarded < asked["discard_runs"] or now() - begin < asked["discard_ns"] or not enough(
            discarded, now() - begin):
        run(run_ns)
        discarded += 1
        first_ns = first_ns or now() - begin
    discarded_ns, samples, cpu_ns, loop_begin = now() - begin, [], time.process_time_ns(), now()
    while len(samples) < asked["samples"]:
        samples.append((now(), [run(run_ns) for _ in range(asked["runs_per_sample"])], now()))
        if 0 < asked["duration_ns"] <= now() - loop_begin:
            break
    wall_ns, origin = now() - loop_begin, samples[0][0]
    return golden("worker", "sampled", received_ns=begin, begin_ns=origin, discarded_runs=discarded,
                  discarded_ns=discarded_ns, first_run_ns=first_ns or samples[0][2] - origin, wall_ns=wall_ns,
                  runs_per_sample=asked["runs_per_sample"], cpu_ns=time.process_time_ns() - cpu_ns,
                  offsets_ns=[start - origin for start, _, _ in samples],
                  durations_ns=[end - start for start, _, end in samples])


def write_outputs(inputs, file):
    """y = 2 x + 1, as the null engine computes it."""
    raw = pathlib.Path(inputs).read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    x = json.loads(raw[8:8 + size])["x"]
    begin, end = (8 + size + offset for offset in x["data_offsets"])
    values = [2 * value + 1 for (value,) in struct.iter_unpack("<f", raw[begin:end])]
    header = json.dumps({"y": {"dtype": "F32", "shape": x["shape"], "data_offsets": [0, end - begin]}}).encode()
    header += b" " * (-len(header) % 8)
    pathlib.Path(file).write_bytes(struct.pack("<Q", len(header)) + header + struct.pack(f"<{len(values)}f", *values))


def main():
    if "--describe" in sys.argv:
        print(json.dumps(golden("describe", "description", engine="golden", summary="A worker of the tests, in Python",
                                devices=[CPU, ACC0], scenarios=["forward"], options=[], reference_for={})))
        return
    idle = next((word.split("=")[1] for word in sys.argv if word.startswith("--idle=")), "stop")
    if "--spin" in sys.argv and os.fork() == 0:
        while True:
            pass
    sets, run_ns = {}, 0
    with os.fdopen(3) as requests, os.fdopen(4, "w", buffering=1) as replies:
        for line in requests:
            asked = json.loads(line)
            reply = golden("worker", "done")
            if asked["type"] == "hello":
                reply = golden("worker", "hello", engine="golden", devices=[CPU, ACC0], idle=idle, process=os.getpid())
            elif asked["type"] == "load":
                run_ns = 100_000 if asked["device"] == "acc0" else 200_000
                tensor = [{"name": "x", "dtype": "float32", "shape": [-1, 8]}]
                parts = [{"name": part["name"], "inputs": tensor, "outputs": [tensor[0] | {"name": "y"}]}
                         for part in asked["parts"]]
                reply = golden("worker", "loaded", load_ns=1, compile_ns=1, parts=parts, options=asked["options"],
                               **{key: asked[key] for key in ("device", "precision", "threads")})
            elif asked["type"] == "bind":
                sets[asked["set"]] = asked["file"]
            elif asked["type"] == "sample":
                reply = sampled(asked, run_ns)
            elif asked["type"] == "outputs":
                write_outputs(sets[asked["set"]], asked["file"])
            replies.write(json.dumps(reply | {"id": asked["id"], "nonce": asked["nonce"]}) + "\n")
            if asked["type"] == "close":
                return


if __name__ == "__main__":
    main()
