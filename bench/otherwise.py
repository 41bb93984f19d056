"""How busy the machine is with other things, so that a figure from a disturbed run can be told from a good one."""

import time


def busy(seconds=2):
    """Share of all processors in use, while nothing of ours runs but waiting nodes."""
    begun = counters()
    time.sleep(seconds)
    used, all_ = (now - then for now, then in zip(counters(), begun))
    return round(used / all_, 2)


def counters():
    with open("/proc/stat") as file:
        numbers = [int(word) for word in file.readline().split()[1:9]]
    return sum(numbers) - numbers[3] - numbers[4], sum(numbers)
