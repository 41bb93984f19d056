/*
 * Reads a sheet as the browser laid it out and finds what makes it hard to read. Everything is a convex polygon here
 * (a shape, a line of text) or a pair of points (a piece of a flow).
 */

/** By how many pixels things may touch before they count as overlapping. */
const TOLERANCE = 1.5;
/** How far a flow may end from the border of its element. */
const DOCKING = 3;

export function checkGeometry({ elements }) {
  const shapes = elements.filter((it) => it.bounds && !it.label).map((it) => ({ ...it, outline: outline(it) }));
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  const connections = elements.filter((it) => it.waypoints);
  const flows = connections.filter((it) => it.type === 'bpmn:SequenceFlow');
  const lines = elements.flatMap((it) =>
    it.lines.map((line) => ({ owner: it, text: line.text, outline: rectangle(inset(line)) })),
  );
  const findings = [];
  const seen = new Set();

  elements.forEach(checkWords);
  shapes.forEach(checkOwnText);
  checkLabelsAgainstLabels();
  lines.forEach(checkLabelAgainstShapes);
  lines.forEach(checkLabelAgainstConnections);
  connections.forEach(checkConnectionAgainstShapes);
  flows.forEach(checkDocking);
  checkFlowsAgainstFlows();
  return findings;

  function report(element, rule, problem, advice) {
    const key = `${element} ${rule} ${problem}`;
    if (!seen.has(key)) {
      seen.add(key);
      findings.push({ element, problem, advice, rule: `geometry/${rule}` });
    }
  }

  function isInside(id, container) {
    for (let parent = byId.get(id)?.parent; parent; parent = byId.get(parent)?.parent) {
      if (parent === container) {
        return true;
      }
    }
    return false;
  }

  function checkWords(element) {
    const words = new Set(element.text.split(/[\s\u00AD-]+/));
    const broken = element.lines.flatMap((line) => line.text.split(/[\s\u00AD-]+/)).find((word) => !words.has(word));
    if (broken) {
      report(element.id, 'label-fits', `label is broken inside a word ("${broken}")`, 'use shorter words or more width');
    }
  }

  function checkOwnText(shape) {
    for (const line of shape.lines) {
      const text = rectangle(inset(line));
      if (!contains(shape.outline, text)) {
        report(shape.id, 'label-fits', 'label does not fit into the shape', 'shorten the label or enlarge the shape');
      }
      if (!shape.expanded && shape.type !== 'bpmn:TextAnnotation' && shape.icons.some((icon) => overlap(rectangle(inset(icon)), text))) {
        report(shape.id, 'label-fits', 'label covers the icon of the shape', 'shorten the label or enlarge the shape');
      }
    }
  }

  function checkLabelsAgainstLabels() {
    forEachPair(lines, (a, b) => {
      if (a.owner.id !== b.owner.id && overlap(a.outline, b.outline)) {
        report(a.owner.id, 'labels', `label overlaps the label of ${b.owner.id}`, 'move one of the labels');
      }
    });
  }

  function checkLabelAgainstShapes({ owner, outline: text }) {
    for (const shape of shapes) {
      const own = shape.id === owner.id;
      if (own && !owner.label) {
        continue;
      }
      const hit = shape.expanded
        ? overlap(shape.outline, text) && !contains(shape.outline, text)
        : overlap(shape.outline, text);
      if (hit) {
        const over = own ? 'its own shape' : shape.id;
        report(owner.id, 'label-over-shape', `label lies over ${over}`, 'move the label to a free place');
      }
    }
  }

  function checkLabelAgainstConnections({ owner, outline: text }) {
    const shape = byId.get(owner.id);
    if (shape && !owner.label && !shape.expanded) {
      return; // The flow crosses the whole shape then, which is a finding of its own.
    }
    for (const connection of connections) {
      if (segments(connection.waypoints).some((segment) => overlap(text, segment))) {
        const which = connection.id === owner.id ? 'its own line' : connection.id;
        report(owner.id, 'label-over-flow', `label lies over ${which}`, 'move the label beside the line');
      }
    }
  }

  function checkConnectionAgainstShapes(connection) {
    const pieces = segments(connection.waypoints);
    for (const shape of shapes) {
      const end = shape.id === connection.source || shape.id === connection.target;
      if (shape.expanded && (isInside(connection.source, shape.id) || isInside(connection.target, shape.id))) {
        if (connection.type === 'bpmn:SequenceFlow' && !contains(shape.outline, connection.waypoints)) {
          report(connection.id, 'flow-over-shape', `leaves ${shape.id}`, 'keep the flow inside its sub-process');
        }
        continue;
      }
      if (shape.type === 'bpmn:Group' || (end && connection.type !== 'bpmn:SequenceFlow')) {
        continue;
      }
      if (shape.expanded && ['bpmn:Participant', 'bpmn:Lane'].includes(shape.type)) {
        continue;
      }
      if (pieces.some((piece) => overlap(shape.outline, piece))) {
        const problem = end ? `runs through its own end ${shape.id}` : `crosses ${shape.id}`;
        report(
          connection.id,
          'flow-over-shape',
          problem,
          end ? 'start and end the flow at the border' : 'lead the flow around it',
        );
      }
    }
  }

  function checkDocking(flow) {
    const ends = [
      [flow.source, flow.waypoints[0]],
      [flow.target, flow.waypoints.at(-1)],
    ];
    for (const [id, point] of ends) {
      const shape = byId.get(id);
      if (shape && distanceToBorder(shape.outline, point) > DOCKING) {
        report(flow.id, 'docking', `does not end at the border of ${id}`, 'move its first or last waypoint there');
      }
    }
  }

  function checkFlowsAgainstFlows() {
    forEachPair(flows, (a, b) => {
      const at = crossing(a, b);
      if (at) {
        const where = `(${Math.round(at.x)}, ${Math.round(at.y)})`;
        report(a.id, 'flows-cross', `crosses ${b.id} at ${where}`, 'lead one of the flows another way');
      }
    });
    for (const flow of flows) {
      const pieces = segments(flow.waypoints);
      forEachPair(pieces, (a, b, i, j) => {
        if (j > i + 1 && meet(a, b)) {
          report(flow.id, 'flows-cross', 'crosses itself', 'remove the loop from its waypoints');
        }
      });
    }
  }
}

/**
 * Where two flows cross or run on one another. Flows from one source may share their first piece, flows to one target
 * their last; to touch where both of them begin or end is fine as well.
 */
function crossing(a, b) {
  let first = a.waypoints;
  let second = b.waypoints;
  if (a.target === b.target) {
    [first, second] = withoutCommonEnd(first, second);
  }
  if (a.source === b.source) {
    [first, second] = withoutCommonEnd([...first].reverse(), [...second].reverse()).map((line) => line.reverse());
  }
  const isEnd = (line, point) => near(line[0], point) || near(line.at(-1), point);
  for (const one of segments(first)) {
    for (const other of segments(second)) {
      const point = meet(one, other);
      if (point && !(isEnd(first, point) && isEnd(second, point) && !point.along)) {
        return point;
      }
    }
  }
  return undefined;
}

function withoutCommonEnd(first, second) {
  const a = [...first];
  const b = [...second];
  while (a.length > 1 && b.length > 1 && near(a.at(-1), b.at(-1))) {
    const end = a.at(-1);
    const backA = a.at(-2);
    const backB = b.at(-2);
    const sameWay = Math.abs(cross(end, backA, backB)) <= Math.max(distance(end, backA), distance(end, backB));
    if (!sameWay || dot(end, backA, backB) <= 0) {
      break;
    }
    const shared = distance(end, backA) <= distance(end, backB) ? backA : backB;
    for (const line of [a, b]) {
      if (near(line.at(-2), shared)) {
        line.pop();
      } else {
        line[line.length - 1] = shared;
      }
    }
  }
  return [a, b];
}

/** The point where two pieces meet, marked `along` when they lie on one another for a while; undefined if they do not. */
function meet([a, b], [c, d]) {
  const lengthA = distance(a, b);
  const lengthB = distance(c, d);
  if (lengthA < 0.5 || lengthB < 0.5) {
    return undefined;
  }
  const u = { x: (b.x - a.x) / lengthA, y: (b.y - a.y) / lengthA };
  const v = { x: (d.x - c.x) / lengthB, y: (d.y - c.y) / lengthB };
  const sine = u.x * v.y - u.y * v.x;
  const offset = { x: c.x - a.x, y: c.y - a.y };
  if (Math.abs(sine) < 0.02) {
    if (Math.abs(offset.x * u.y - offset.y * u.x) > 1) {
      return undefined;
    }
    const positions = [c, d].map((point) => (point.x - a.x) * u.x + (point.y - a.y) * u.y).sort((p, q) => p - q);
    const from = Math.max(0, positions[0]);
    const to = Math.min(lengthA, positions[1]);
    return to - from < -0.5 ? undefined : { x: a.x + u.x * from, y: a.y + u.y * from, along: to - from > 1 };
  }
  const alongA = (offset.x * v.y - offset.y * v.x) / sine;
  const alongB = (offset.x * u.y - offset.y * u.x) / sine;
  const hit = alongA >= -0.5 && alongA <= lengthA + 0.5 && alongB >= -0.5 && alongB <= lengthB + 0.5;
  return hit ? { x: a.x + u.x * alongA, y: a.y + u.y * alongA, along: false } : undefined;
}

function outline({ type, bounds }) {
  const { x, y, width, height } = bounds;
  if (type.endsWith('Gateway')) {
    return [
      { x: x + width / 2, y },
      { x: x + width, y: y + height / 2 },
      { x: x + width / 2, y: y + height },
      { x, y: y + height / 2 },
    ];
  }
  if (type.endsWith('Event')) {
    return Array.from({ length: 24 }, (_, index) => {
      const angle = (index / 24) * 2 * Math.PI;
      return { x: x + (width / 2) * (1 + Math.cos(angle)), y: y + (height / 2) * (1 + Math.sin(angle)) };
    });
  }
  return rectangle(bounds);
}

function rectangle({ x, y, width, height }) {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** The box of a line of text is higher than its letters. */
function inset({ x, y, width, height }) {
  return { x, y: y + 1, width, height: Math.max(height - 2, 1) };
}

function segments(points) {
  return points.slice(1).map((point, index) => [points[index], point]);
}

/** Whether two convex figures overlap by more than the tolerance (no line separates them). */
function overlap(a, b) {
  return [...normals(a), ...normals(b)].every((normal) => {
    const [minA, maxA] = project(a, normal);
    const [minB, maxB] = project(b, normal);
    return Math.min(maxA - minB, maxB - minA) > TOLERANCE;
  });
}

function contains(outer, points) {
  return normals(outer).every((normal) => {
    const [min, max] = project(outer, normal);
    const [from, to] = project(points, normal);
    return from >= min - TOLERANCE && to <= max + TOLERANCE;
  });
}

function normals(points) {
  const edges = points.length === 2 ? [points] : points.map((point, i) => [point, points[(i + 1) % points.length]]);
  return edges
    .filter(([from, to]) => distance(from, to) > 0)
    .map(([from, to]) => {
      const length = distance(from, to);
      return { x: (to.y - from.y) / length, y: (from.x - to.x) / length };
    });
}

function project(points, { x, y }) {
  const values = points.map((point) => point.x * x + point.y * y);
  return [Math.min(...values), Math.max(...values)];
}

function distanceToBorder(points, point) {
  return Math.min(
    ...points.map((from, i) => {
      const to = points[(i + 1) % points.length];
      const length = distance(from, to) || 1;
      const along = Math.min(1, Math.max(0, dot(from, to, point) / (length * length)));
      return distance(point, { x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * along });
    }),
  );
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function near(a, b) {
  return distance(a, b) <= 1.5;
}

function cross(origin, a, b) {
  return (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x);
}

function dot(origin, a, b) {
  return (a.x - origin.x) * (b.x - origin.x) + (a.y - origin.y) * (b.y - origin.y);
}

function forEachPair(items, visit) {
  items.forEach((a, i) => items.slice(i + 1).forEach((b, offset) => visit(a, b, i, i + 1 + offset)));
}
