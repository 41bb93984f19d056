"""CPU, memory and database transactions of a running engine, from /proc and the database's own counters."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
TRANSACTIONS = "select xact_commit + xact_rollback from pg_stat_database where datname = 'engine'"
# As Linux cuts the threads' names.
GROUPS = {"watcher": "condition-watch", "probes": "condition-probe", "guard": "node-guard", "jobs": "camundaTaskExec",
          "acquisition": "JobExecutor"}


class Vitals:
    def __init__(self, pid, sql):
        self.process, self.sql = Path(f"/proc/{pid}"), sql

    def now(self):
        threads = [self.cpu(thread / "stat") for thread in (self.process / "task").iterdir()]
        return {"at": time.time(), "cpu": self.cpu(self.process / "stat")[1], "transactions": int(self.sql(TRANSACTIONS)),
                **{group: sum(cpu for name, cpu in threads if name.startswith(start)) for group, start in GROUPS.items()}}

    def since(self, begun):
        now = self.now()
        seconds = now["at"] - begun["at"]
        shares = {f"{key} % of a core": round(100 * (now[key] - begun[key]) / seconds, 1) for key in ("cpu", *GROUPS)}
        return {"seconds": round(seconds, 1), "transactions/s": round((now["transactions"] - begun["transactions"]) / seconds, 1),
                "MB resident": self.resident(), **shares}

    def over(self, seconds):
        begun = self.now()
        time.sleep(seconds)
        return self.since(begun)

    @staticmethod
    def cpu(file):
        try:
            text = file.read_text()
        except OSError:  # a thread that has just ended
            return "", 0
        name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        return name, (int(rest[11]) + int(rest[12])) / TICKS

    def resident(self):
        lines = (self.process / "status").read_text().splitlines()
        return round(int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024)
