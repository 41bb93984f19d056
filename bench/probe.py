"""What clients get through the balancer, asked every 100 ms, each question on a connection of its own."""

import threading
import time

from scene import get

PACE = 0.1


class Probe:
    def __init__(self, url):
        self.url, self.samples, self.took, self.stopped = url, [], [], threading.Event()
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
            self.took.append(time.time() - asked)
            due = max(due + PACE, asked)
            self.stopped.wait(max(0, due - time.time()))

    def outages(self):
        """Each from its first question without a good answer to the next good one."""
        found, begun = [], None
        for asked, status in self.samples:
            if status != 200 and begun is None:
                begun = asked
            elif status == 200 and begun is not None:
                found.append((begun, asked))
                begun = None
        if not found or begun is not None:
            raise AssertionError("clients saw no downtime that ended")
        return found

