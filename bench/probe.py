"""What clients get through the balancer, asked every 100 ms, each question on a connection of its own."""

import threading
import time

from scene import get

PACE = 0.1


class Probe:
    def __init__(self, url):
        self.url, self.samples, self.stopped = url, [], threading.Event()
        self.thread = threading.Thread(target=self.ask, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def ask(self):
        due = time.time()
        while not self.stopped.is_set():
            asked = time.time()
            self.samples.append((asked, get(self.url)[0]))
            due = max(due + PACE, asked)
            self.stopped.wait(max(0, due - time.time()))

    def downtime(self):
        """From the first question without a good answer to the first good one after the last without; its two ends."""
        bad = [asked for asked, status in self.samples if status != 200]
        after = [asked for asked, _ in self.samples if bad and asked > bad[-1]]
        if not bad or not after:
            raise AssertionError("clients saw no downtime that ended")
        return bad[0], after[0]

    def statuses(self):
        return sorted({status for _, status in self.samples})
