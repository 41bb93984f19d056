"""Measuring one after another on a machine with other work."""

import fcntl
import time


class Turn:
    """The lock on a file, given away between two measurements when it was held for long; without a name nothing is locked."""

    def __init__(self, file, slice_seconds):
        self.file = open(file, "a") if file else None
        self.slice, self.since = slice_seconds, None

    def next(self, expected=0):
        """To be called before something that takes about so many seconds."""
        if not self.file or self.since and time.monotonic() - self.since + expected < self.slice:
            return
        self.end()
        fcntl.flock(self.file, fcntl.LOCK_EX)
        self.since = time.monotonic()

    def end(self):
        if self.file and self.since:
            fcntl.flock(self.file, fcntl.LOCK_UN)
            self.since = None
            time.sleep(1)  # whoever waits comes first
