// Where each task stands in the graph: those that wait for each other from left to right, the others below.

import { Graph, layout as dagre } from "@dagrejs/dagre";

import type { Edge } from "./edges";

export const NODE = { width: 220, height: 76 };
const GAP = { x: 60, y: 20 };
/** With more than so many, the tidiest order takes too long. */
const TIDY = 150;

export interface Place {
  x: number;
  y: number;
}

function connected(ids: readonly string[], edges: readonly Edge[]): Map<string, Place> {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: GAP.y, ranksep: GAP.x, ...(ids.length > TIDY ? { ranker: "longest-path" } : {}) });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...NODE });
  for (const { task, dependsOn } of edges) graph.setEdge(dependsOn, task);
  dagre(graph);
  return new Map(
    ids.map((id) => {
      const { x = 0, y = 0 } = graph.node(id) as Partial<Place>;
      return [id, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
    }),
  );
}

/** The upper left corner of each. */
export function layout(ids: readonly string[], edges: readonly Edge[]): Map<string, Place> {
  const known = new Set(ids);
  const inside = edges.filter(({ task, dependsOn }) => known.has(task) && known.has(dependsOn) && task !== dependsOn);
  const linked = new Set(inside.flatMap(({ task, dependsOn }) => [task, dependsOn]));
  const places = linked.size === 0 ? new Map<string, Place>() : connected(ids.filter((id) => linked.has(id)), inside);
  const alone = ids.filter((id) => !linked.has(id));
  const [right, below] = [Math.max(0, ...[...places.values()].map(({ x }) => x)), Math.max(-NODE.height - GAP.x, ...[...places.values()].map(({ y }) => y))];
  // As wide as the graph above them, or nearly square.
  const columns = Math.max(1, Math.round((right + NODE.width) / (NODE.width + GAP.y)), Math.ceil(Math.sqrt(alone.length / 2)));
  alone.forEach((id, place) => {
    places.set(id, {
      x: (place % columns) * (NODE.width + GAP.y),
      y: below + NODE.height + GAP.x + Math.floor(place / columns) * (NODE.height + GAP.y),
    });
  });
  return places;
}
