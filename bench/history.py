"""Where the time went, from Camunda's history: outside operations, people, and what the engine added between them."""

import json

QUERY = """
select coalesce(json_agg(json_build_array(act_type_, act_name_, extract(epoch from start_time_),
       extract(epoch from coalesce(end_time_, now()))) order by start_time_), '[]')
  from act_hi_actinst where root_proc_inst_id_ = '{}' and act_type_ in ('serviceTask', 'receiveTask', 'userTask')
"""


def steps(scene, instance, database="engine"):
    found = scene.sql(QUERY.format(instance), database, scene.engine_database)
    return [dict(zip(("type", "name", "from", "to"), row)) for row in json.loads(found)]


def between(steps, begin, end):
    """Steps as far as they lie in that time, in order."""
    return [{**step, "from": max(step["from"], begin), "to": min(step["to"], end)}
            for step in steps if step["from"] < end and step["to"] > begin]


def hops(steps, begin, end):
    """Moments in which nothing is done outside and nobody is asked: [(name of the step after it, seconds)]."""
    found, busy = [], begin
    for step in between(steps, begin, end):
        if step["from"] > busy:
            found.append((step["name"], step["from"] - busy))
        busy = max(busy, step["to"])
    if end > busy:
        found.append(("end", end - busy))
    return found
