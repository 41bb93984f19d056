"""When something really came about outside, to be compared with when the waiting step went on."""

import re
import subprocess
from datetime import datetime


def detection(scene, steps):
    """Seconds from the moment outside to the end of the step that waited for it, by step; the last wait of each name."""
    ends = {step["name"]: step["to"] for step in steps if step["type"] == "receiveTask"}
    begun = {step["name"]: step["from"] for step in steps if step["type"] == "receiveTask"}
    found = {}
    stopped = "Wait until all nodes are stopped"
    if stopped in ends:
        died = [moment for moment in deaths(scene, begun[stopped], ends[stopped])]
        if died:
            found[stopped] = ends[stopped] - max(died)
    for step, nodes in (("Wait until first node is ready", scene.nodes[:1]), ("Wait until all nodes are ready", scene.nodes)):
        starts = [last_start(node) for node in nodes]
        if step in ends and all(starts) and max(starts) < ends[step]:
            found[step] = ends[step] - max(starts)
    return found


def deaths(scene, begin, end):
    """When containers of nodes ended, as the Docker engine tells it."""
    told = subprocess.run(
        ["docker", "events", "--since", f"{begin:.3f}", "--until", f"{end:.3f}", "--filter", "event=die", "--filter",
         f"label=nocobase.cluster={scene.name}", "--format", "{{.TimeNano}}"], capture_output=True, text=True).stdout
    return [int(line) / 1e9 for line in told.split()]


def last_start(node):
    """When NocoBase wrote that it has been started; that is when its health check turns good."""
    told = subprocess.run(["docker", "logs", "-t", node], capture_output=True, text=True)
    lines = [line for line in (told.stdout + told.stderr).splitlines() if "app has been started" in line]
    moments = [moment(line) for line in lines]
    return max(moments) if moments else None


def moment(line):
    stamp = re.match(r"(\S+?)\.(\d+)Z", line)
    return datetime.fromisoformat(stamp.group(1) + "+00:00").timestamp() + float("0." + stamp.group(2))
