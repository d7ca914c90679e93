"""What the kernel counts about this process and its descendants, read around the timed loop and never inside it."""
import os
import resource
import time

_ALL_CHILDREN = 0x40000000  # __WALL


def _has_children():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | _ALL_CHILDREN)
    except ChildProcessError:
        return False
    return True


def _stat_fields(path):
    """Of a stat file of proc(5): "pid (comm) state ppid ...", from `state` on; none for a process that is no more."""
    try:
        with open(path) as file:
            return file.read().rpartition(") ")[2].split()
    except OSError:
        return []


def descendants():
    """Processes that descend from this one, zombies left out."""
    if not _has_children():
        return []
    parents = {}
    for name in os.listdir("/proc"):
        fields = _stat_fields(f"/proc/{name}/stat") if name.isdigit() else []
        if len(fields) > 1 and fields[0] != "Z":
            parents[int(name)] = int(fields[1])
    family = {os.getpid()}
    while True:
        more = {process for process, parent in parents.items() if parent in family} - family
        if not more:
            return sorted(family - {os.getpid()})
        family |= more


def _process_cpu_ns(process):
    """0 for a process that is no more. The clock's number is clock_getcpuclockid(3)'s."""
    try:
        return time.clock_gettime_ns(~process << 3 | 2)
    except OSError:
        return 0


def _process_peak_rss_bytes(process):
    try:
        with open(f"/proc/{process}/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def peak_rss_bytes():
    """Largest resident memory so far (VmHWM), summed over this process and its descendants."""
    return sum(map(_process_peak_rss_bytes, [os.getpid(), *descendants()]))


class RunDelay:
    """Time that threads of this process and its descendants were ready to run and had no CPU, from
    /proc/PID/task/*/schedstat."""

    def __init__(self):
        self._at_begin = {}

    def _read(self):
        """Nanoseconds so far of each thread that lives now."""
        delays = {}
        for process in [os.getpid(), *descendants()]:
            try:
                threads = os.listdir(f"/proc/{process}/task")
            except OSError:
                continue
            for thread in threads:
                try:
                    with open(f"/proc/{process}/task/{thread}/schedstat") as file:
                        delays[thread] = int(file.read().split()[1])
                except (OSError, IndexError):
                    continue
        return delays

    def begin(self):
        self._at_begin = self._read()

    def end(self):
        """Nanoseconds since `begin`, summed over the threads that live now; those born since count whole. -1 where the
        kernel does not count them."""
        delays = self._read()
        if not delays:
            return -1
        return sum(delay - self._at_begin.get(thread, 0) for thread, delay in delays.items())


class Usage:
    """CPU time (descendants included), faults and switches since construction."""

    def __init__(self):
        self._begin = self._now()

    @staticmethod
    def _now():
        own = resource.getrusage(resource.RUSAGE_SELF)
        reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
        # What a child has used moves to its parent when it is reaped.
        cpu_ns = time.process_time_ns() + round((reaped.ru_utime + reaped.ru_stime) * 1e6) * 1000
        return {
            "cpu_ns": cpu_ns + sum(map(_process_cpu_ns, descendants())),
            "minor_faults": own.ru_minflt,
            "major_faults": own.ru_majflt,
            "voluntary_switches": own.ru_nvcsw,
            "involuntary_switches": own.ru_nivcsw,
        }

    def since(self):
        return {name: now - self._begin[name] for name, now in self._now().items()}


def current_cpu():
    """On which CPU the calling thread runs: field 39 of proc(5)'s stat."""
    fields = _stat_fields("/proc/thread-self/stat")
    return int(fields[36]) if len(fields) > 36 else -1


def clock_step_ns(now):
    """Smallest nonzero difference between 1,000 readings of a clock that follow each other."""
    smallest = None
    previous = now()
    readings = 0
    while readings < 1000 or smallest is None:
        current = now()
        if current != previous and (smallest is None or current - previous < smallest):
            smallest = current - previous
        previous = current
        readings += 1
    return smallest
