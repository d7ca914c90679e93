import gc
import os
import subprocess
import sys
import threading
import time
import unittest
from array import array

from inferometer_worker.counters import RunDelay, Usage, clock_step_ns, current_cpu, descendants, peak_rss_bytes
from inferometer_worker.engine import Engine, EngineError
from inferometer_worker.sampling import Job, Sampler


class FakeEngine(Engine):
    """Whose clock is moved by its own calls alone: by 100 in `select`, by 1000 in a run or a token."""

    def __init__(self):
        self.now_ns = 0
        self.calls = []
        self.collector_was_on = set()
        self.compiled = 0

    def now(self):
        return self.now_ns

    def select(self, part, number):
        self.now_ns += 100
        self.calls.append(number)

    def run(self):
        self.now_ns += 1000
        self.compiled += 1
        self.collector_was_on.add(gc.isenabled())

    def recompilations(self):
        return self.compiled

    def rows(self):
        return 2

    def prefill(self, tokens):
        self.now_ns += 2000
        tokens[0], tokens[1] = 10, 20

    def decode(self, tokens):
        self.now_ns += 1000
        for row in range(2):
            tokens[row] += 1


def request(**fields):
    return {"sets": [0], "discard_runs": 0, "discard_ns": 0, "discard_enough_runs": 0, "discard_enough_ns": 0, "samples": 3,
            "duration_ns": 0, "runs_per_sample": 1, **fields}


class Sampling(unittest.TestCase):
    def setUp(self):
        self.engine = FakeEngine()
        self.sampler = Sampler(self.engine.now)

    def sample(self, **fields):
        return self.sampler.sample(Job(self.engine, 0, request(**fields)), 7)

    def generate(self, **fields):
        return self.sampler.generate(Job(self.engine, 0, request(**{"new_tokens": 3, "samples": 2, **fields})), 7)

    def test_as_many_samples_come_as_were_asked_without_the_change_of_inputs(self):
        reply = self.sample()
        self.assertEqual(reply["durations_ns"], [1000, 1000, 1000])
        self.assertEqual(reply["offsets_ns"], [0, 1100, 2200])
        self.assertEqual((reply["received_ns"], reply["wall_ns"], reply["first_run_ns"]), (7, 3300, 1000))

    def test_a_sample_has_the_runs_that_were_asked(self):
        reply = self.sample(runs_per_sample=4)
        self.assertEqual(reply["durations_ns"], [4000, 4000, 4000])
        self.assertEqual(reply["first_run_ns"], 1000)

    def test_the_sets_rotate_and_begin_again_after_the_discarded_runs(self):
        self.sample(sets=[4, 5], discard_runs=3)
        self.assertEqual(self.engine.calls, [4, 5, 4, 4, 5, 4])

    def test_discarding_ends_with_enough_runs_or_enough_time_and_never_before_the_least(self):
        enough = {"discard_enough_runs": 5, "discard_enough_ns": 3000}
        self.assertEqual(self.sample(**enough)["discarded_runs"], 3)
        self.assertEqual(self.sample(**enough, discard_runs=4)["discarded_runs"], 4)
        self.assertEqual(self.sample(**enough, discard_ns=6000)["discarded_runs"], 6)
        self.assertEqual(self.sample(discard_enough_runs=2, discard_enough_ns=10 ** 9)["discarded_runs"], 2)

    def test_a_duration_ends_the_samples(self):
        self.assertEqual(len(self.sample(samples=100, duration_ns=3200)["durations_ns"]), 3)
        self.assertEqual(len(self.sample(samples=2, duration_ns=10 ** 9)["durations_ns"]), 2)

    def test_recompilations_are_those_of_the_timed_runs(self):
        self.assertEqual(self.sample(discard_runs=5)["recompilations"], 3)

    def test_the_collector_of_cycles_rests_while_runs_are_timed_and_is_on_again_after_a_failure(self):
        self.sample(discard_runs=1)
        self.assertEqual(self.engine.collector_was_on, {False})

        def fail():
            raise EngineError("no")

        self.engine.run = fail
        self.assertRaises(EngineError, self.sample)
        self.assertTrue(gc.isenabled())

    def test_texts_have_the_times_of_their_tokens(self):
        reply = self.generate(discard_runs=1)
        self.assertEqual(reply["durations_ns"], [4000, 4000])
        self.assertEqual(reply["token_times_ns"], [2000, 3000, 4000, 2000, 3000, 4000])
        self.assertEqual(reply["tokens"], [10, 20, 11, 21, 12, 22] * 2)
        self.assertEqual(reply["rows"], 2)

    def test_a_duration_ends_after_a_whole_text(self):
        reply = self.generate(samples=9, duration_ns=4001)
        self.assertEqual((len(reply["durations_ns"]), len(reply["token_times_ns"]), len(reply["tokens"])), (2, 6, 12))

    def test_what_no_reply_can_hold_is_refused_before_it_is_run(self):
        for wrong in ({"runs_per_sample": 2}, {"samples": 1000, "new_tokens": 51}):
            self.assertRaises(EngineError, self.generate, **wrong)
        self.assertEqual(self.engine.compiled, 0)


def python(script):
    return subprocess.Popen([sys.executable, "-S", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


class Counters(unittest.TestCase):
    def test_delay_of_descendants_that_wait_for_a_cpu_is_counted(self):
        if not os.path.exists("/proc/self/schedstat"):
            self.skipTest("this kernel counts no run-queue delay")
        burn = "import os, time; os.sched_setaffinity(0, {%d})\nwhile time.process_time() < 0.15: pass\nprint(1, flush=True); input()"
        delay = RunDelay()
        delay.begin()
        one_cpu = min(os.sched_getaffinity(0))
        rivals = [python(burn % one_cpu) for _ in range(2)]
        for rival in rivals:
            rival.stdout.readline()
        delay_ns = delay.end()
        for rival in rivals:
            rival.communicate(b"\n")
        self.assertGreaterEqual(delay_ns, 100_000_000)  # one of two with 150 ms of work each waits for the other

    def test_threads_born_since_begin_are_counted(self):
        delay = RunDelay()
        delay.begin()
        end = threading.Event()
        thread = threading.Thread(target=end.wait)
        thread.start()
        born = set(delay._read()) - set(delay._at_begin)
        end.set()
        thread.join()
        self.assertEqual(len(born), 1)

    def test_cpu_time_of_a_child_is_ours(self):
        usage = Usage()
        subprocess.run([sys.executable, "-S", "-c", "import time\nwhile time.process_time() < 0.2: pass"], check=True)
        self.assertGreaterEqual(usage.since()["cpu_ns"], 200_000_000)

    def test_living_descendants_are_found_and_their_memory_is_added(self):
        alone = peak_rss_bytes()
        child = python("print(1, flush=True); input()")
        child.stdout.readline()
        self.assertIn(child.pid, descendants())
        self.assertGreater(peak_rss_bytes(), alone + (1 << 20))
        child.communicate(b"\n")
        self.assertNotIn(child.pid, descendants())

    def test_where_and_how_finely_time_is_read(self):
        self.assertGreaterEqual(current_cpu(), 0)
        self.assertGreaterEqual(clock_step_ns(time.monotonic_ns), 1)
        steps = iter(array("q", [0, 0, 7, 7, 10] + [10] * 2000))
        self.assertEqual(clock_step_ns(lambda: next(steps)), 3)


if __name__ == "__main__":
    unittest.main()
