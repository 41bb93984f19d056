"""The figures as text: medians, spread, ratio, and where our time goes."""

import os
import platform
from statistics import median

from history import between


TITLES = (("downtime of a good upgrade", "upgrade"), ("rollback, from its approval on", "rollback"))


def of(results, options):
    by = {}
    for result in results:
        by.setdefault(result["what"], []).append(result)
    lines = [f"{options.count} {options.nodes} nodes, database of {options.size_gb:g} GB"
             + f", traffic {options.traffic.replace('-', ' ')}; {machine()}", "",
             "| | by hand | ours | ratio |", "|---|---|---|---|"]
    for title, what in TITLES:
        hand, our = (seconds(by.get(f"{who}-{what}", [])) for who in ("hand", "our"))
        lines.append(f"| {title} | {spread(hand)} | {spread(our)} | {ratio(our, hand)} |")
    if any(what.startswith("other-") for what in by):
        lines += ["", "| | the other program | ours | ratio |", "|---|---|---|---|"]
        for title, what in TITLES:
            other, our = (seconds(by.get(f"{who}-{what}", [])) for who in ("other", "our"))
            lines.append(f"| {title} | {spread(other)} | {spread(our)} | {ratio(our, other)} |")
    loads = [result["busy before"] for result in results if "busy before" in result]
    if loads:
        lines += ["", f"Before the runs the processors were busy to {100 * median(loads):.0f} %"
                      f" ({100 * min(loads):.0f} to {100 * max(loads):.0f} %) with other things."]
    for what in ("upgrade", "rollback"):
        lines += stages(by.get(f"hand-{what}", []), what)
        for who, name in (("our", "Ours"), ("other", "The other program")):
            lines += details(by.get(f"{who}-{what}", []), name, what)
    return "\n".join(lines) + "\n"


def machine():
    with open("/proc/meminfo") as memory:
        return f"{os.cpu_count()} cores, {int(memory.readline().split()[1]) / 2**20:.0f} GB, Linux {platform.release()}"


def seconds(runs):
    return [run["seconds"] for run in runs]


def ratio(these, those):
    return f"{median(these) / median(those):.2f}" if these and those else ""


def spread(values, digits=1):
    if not values:
        return ""
    return f"{median(values):.{digits}f} s ({min(values):.{digits}f} to {max(values):.{digits}f}, {len(values)} runs)"


def stages(runs, what):
    if not runs:
        return []
    names = list(runs[0]["stages"])
    return ["", f"By hand, {what}, seconds from the beginning: " + ", ".join(
        f"{name} {median([run['stages'][name] for run in runs]):.1f}" for name in names)]


def details(runs, who, what):
    if not runs:
        return []
    names = list(dict.fromkeys(step["name"] for run in runs for step in within(run)))
    lines = ["", f"{who}, {what}, seconds from the beginning, medians:", "", "| step | begins | takes |", "|---|---|---|"]
    for name in names:
        parts = [[step for step in within(run) if step["name"] == name] for run in runs]
        begins = median([part[0]["from"] - run["from"] for part, run in zip(parts, runs) if part])
        takes = median([sum(step["to"] - step["from"] for step in part) for part in parts])
        lines.append(f"| {name} | {begins:.2f} | {takes:.2f} |")
    hops = [seconds for run in runs for _, seconds in run["hops"] if seconds > 0]
    lines += ["", f"Between the steps (engine): {spread([sum(s for _, s in run['hops']) for run in runs], 2)} in all;"
                  f" a hop: median {1000 * median(hops):.0f} ms, longest {1000 * max(hops):.0f} ms", "", "| hop before | median, ms |", "|---|---|"]
    before = {}
    for run in runs:
        for name, length in run["hops"]:
            before.setdefault(name, []).append(length)
    lines += [f"| {name} | {1000 * median(lengths):.0f} |" for name, lengths in before.items()]
    lines += ["", "Detection: " + "; ".join(
        f"{name} {spread([run['detection'][name] for run in runs if name in run['detection']], 2)}"
        for name in dict.fromkeys(name for run in runs for name in run["detection"]))]
    return lines


def within(run):
    return between(run["steps"], run["from"], run["to"])
