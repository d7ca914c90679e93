"""Runs an engine and times it: the only place where time is taken."""
import contextlib
import gc
from array import array
from dataclasses import dataclass, replace
from itertools import cycle, repeat
from typing import Callable

from .counters import RunDelay, Usage, current_cpu, peak_rss_bytes
from .engine import Engine, EngineError
from .messages import MAX_TOKENS


def _enough_discarded(request, runs, elapsed_ns):
    return (runs >= request["discard_runs"] and elapsed_ns >= request["discard_ns"]
            and (runs >= request["discard_enough_runs"] or elapsed_ns >= request["discard_enough_ns"]))


@contextlib.contextmanager
def _no_collector():
    """Keeps Python's collector of cycles out of the timed loop. (What a load made is frozen by loop.py.)"""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass
class Job:
    engine: Engine
    part: int  # number of the part that is run
    request: dict  # the fields of `sample` or `generate`
    run_one: Callable = None  # one run, or one text
    begin_again: Callable = lambda: None  # before each discarded run and the first sample


class Readings:
    """Memory for the readings of the clock, written before it is used, so that storing one never faults. Grows only."""

    def __init__(self):
        self.begin_ns = array("q")
        self.end_ns = array("q")

    def at_least(self, count):
        if count > len(self.begin_ns):
            self.begin_ns = array("q", bytes(8 * count))
            self.end_ns = array("q", bytes(8 * count))


class Sampler:
    def __init__(self, now):
        """`now`: CLOCK_MONOTONIC in nanoseconds, but in tests."""
        self._now = now
        self._readings = Readings()
        self._delay = RunDelay()

    def sample(self, job, received_ns):
        """Discards, then times, as `sample` of the protocol says; returns the fields of `sampled`. What the engine raises
        passes through."""
        return {"received_ns": received_ns, **self._measure(replace(job, run_one=job.engine.run))}

    def generate(self, job, received_ns):
        """The same for whole texts: the fields of `generated`."""
        engine, request = job.engine, job.request
        if request["runs_per_sample"] != 1:
            raise EngineError("a sample of generating is one text")
        rows = self._rows(job)
        steps, samples = request["new_tokens"], request["samples"]
        if samples * steps * rows > MAX_TOKENS:
            raise EngineError(f"{samples} samples of {rows} rows of {steps} tokens are more than the {MAX_TOKENS} that a "
                              "reply holds")
        times = array("q", bytes(8 * samples * steps))
        tokens = array("q", bytes(8 * samples * steps * rows))
        next_tokens = array("q", bytes(8 * rows))
        now, prefill, decode = self._now, engine.prefill, engine.decode
        # The text that is generated next; discarded ones are overwritten by the first sample.
        place = 0

        def generate_one():
            nonlocal place
            for step in range(steps):
                prefill(next_tokens) if step == 0 else decode(next_tokens)
                times[place] = now()
                tokens[place * rows:place * rows + rows] = next_tokens
                place += 1

        def begin_again():
            nonlocal place
            place = 0

        reply = self._measure(replace(job, run_one=generate_one, begin_again=begin_again))
        done = len(reply["durations_ns"]) * steps
        begins = [reply["begin_ns"] + offset for offset in reply["offsets_ns"]]
        reply["token_times_ns"] = [times[i] - begins[i // steps] for i in range(done)]
        reply["tokens"] = tokens[:done * rows].tolist()
        return {"received_ns": received_ns, "rows": rows, **reply}

    @staticmethod
    def _rows(job):
        counts = set()
        for number in job.request["sets"]:
            job.engine.select(job.part, number)
            counts.add(job.engine.rows())
        if len(counts) > 1:
            raise EngineError("the input sets have different batch sizes: " + ", ".join(map(str, sorted(counts))))
        return counts.pop()

    def _measure(self, job):
        engine, request = job.engine, job.request
        self._readings.at_least(request["samples"])
        with _no_collector():
            discarded = self._discard(job)
            recompilations = engine.recompilations()
            self._delay.begin()
            usage = Usage()
            loop_begin_ns = self._now()
            count = self._time(job)
            wall_ns = self._now() - loop_begin_ns
            counted = usage.since()
        begins, ends = self._readings.begin_ns, self._readings.end_ns
        durations = [ends[i] - begins[i] for i in range(count)]
        discarded.setdefault("first_run_ns", durations[0] // request["runs_per_sample"])
        return {
            **discarded,
            **counted,
            "run_delay_ns": self._delay.end(),
            "begin_ns": begins[0],
            "offsets_ns": [begins[i] - begins[0] for i in range(count)],
            "durations_ns": durations,
            "runs_per_sample": request["runs_per_sample"],
            "wall_ns": wall_ns,
            "recompilations": engine.recompilations() - recompilations,
            "peak_rss_bytes": peak_rss_bytes(),
            "cpu": current_cpu(),
        }

    def _discard(self, job):
        """The fields of the reply about discarded runs; `first_run_ns` only where there is one."""
        now = self._now
        sets = cycle(job.request["sets"])
        found = {"discarded_runs": 0, "discarded_ns": 0}
        begin_ns = now()
        while not _enough_discarded(job.request, found["discarded_runs"], found["discarded_ns"]):
            job.engine.select(job.part, next(sets))
            job.begin_again()
            run_begin_ns = now()
            job.run_one()
            run_end_ns = now()
            found.setdefault("first_run_ns", run_end_ns - run_begin_ns)
            found["discarded_runs"] += 1
            found["discarded_ns"] = run_end_ns - begin_ns
        job.begin_again()
        return found

    def _time(self, job):
        """Number of samples; their readings are in `_readings`. Between the two readings of the clock are the runs and
        nothing else."""
        now, select, run_one, part, request = self._now, job.engine.select, job.run_one, job.part, job.request
        begins, ends = self._readings.begin_ns, self._readings.end_ns
        samples, duration_ns = request["samples"], request["duration_ns"]
        runs = request["runs_per_sample"]
        count = 0
        for number in cycle(request["sets"]):
            select(part, number)
            if runs == 1:
                begin_ns = now()
                run_one()
                end_ns = now()
            else:
                begin_ns = now()
                for _ in repeat(None, runs):
                    run_one()
                end_ns = now()
            begins[count] = begin_ns
            ends[count] = end_ns
            count += 1
            if count == samples or (duration_ns > 0 and end_ns - begins[0] >= duration_ns):
                return count
