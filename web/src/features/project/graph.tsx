// The tasks of a project and which waits for which; loaded when it is first shown.

import "@xyflow/react/dist/style.css";
import "./graph.css";

import { Controls, MarkerType, MiniMap, Panel, ReactFlow } from "@xyflow/react";
import type { Edge as FlowEdge, NodeChange } from "@xyflow/react";
import { useMemo } from "react";

import type { Task } from "@/api/types";
import { useIsDark } from "@/app/theme";
import { Skeleton } from "@/shared/ui/states";

import type { Edge } from "./edges";
import { NODE } from "./layout";
import type { Place } from "./layout";
import { COLOURS } from "./looks";
import { TaskCard } from "./node";
import type { TaskNode } from "./node";
import { useLayout } from "./use-layout";

/** What is said of nodes to those who do not see them. */
const SAID = { "node.a11yDescription.default": "Enter opens it beside the graph.", "node.a11yDescription.keyboardDisabled": "Enter opens it beside the graph." };

const TYPES = { task: TaskCard };

const HANDLES: NonNullable<TaskNode["handles"]> = [
  { type: "target", position: "left" as never, x: 0, y: NODE.height / 2, width: 1, height: 1 },
  { type: "source", position: "right" as never, x: NODE.width, y: NODE.height / 2, width: 1, height: 1 },
];

interface GraphProps {
  tasks: readonly Task[];
  edges: readonly Edge[];
  critical: readonly string[];
  stuck: ReadonlySet<string>;
  opened: string | undefined;
  onOpen: (id: string | undefined) => void;
}

function nodesOf({ tasks, critical, stuck, opened }: GraphProps, places: ReadonlyMap<string, Place>): TaskNode[] {
  const on = new Set(critical.length > 1 ? critical : []);
  return tasks.flatMap((task) => {
    const position = places.get(task.id);
    if (position === undefined) return [];
    return {
      id: task.id,
      type: "task" as const,
      position,
      width: NODE.width,
      height: NODE.height,
      measured: NODE,
      handles: HANDLES,
      selected: task.id === opened,
      ariaRole: "button" as const,
      data: { task, critical: on.has(task.id), stuck: stuck.has(task.id), open: task.id === opened },
    };
  });
}

function linesOf({ edges, critical }: GraphProps, places: ReadonlyMap<string, Place>): FlowEdge[] {
  const place = new Map(critical.map((id, at) => [id, at]));
  return edges
    .filter(({ task, dependsOn }) => places.has(task) && places.has(dependsOn))
    .map(({ task, dependsOn }) => {
      const [to, from] = [place.get(task), place.get(dependsOn)];
      const on = to !== undefined && from !== undefined && to === from + 1;
      const colour = on ? "var(--accent)" : "var(--faint)";
      return {
        id: `${dependsOn} ${task}`,
        source: dependsOn,
        target: task,
        focusable: false,
        selectable: false,
        style: { stroke: colour, strokeWidth: on ? 2.5 : 1, strokeOpacity: on ? 1 : 0.6 },
        zIndex: on ? 1 : 0,
        markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: on ? 10 : 16, height: on ? 10 : 16 },
      };
    });
}

const Legend = () => (
  <Panel position="top-left" className="pointer-events-none flex flex-wrap gap-x-3 rounded-md border bg-panel px-2 py-1 text-xs text-soft">
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="h-0 w-5 border-t-2 border-accent" />
      Critical path
    </span>
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="h-0 w-5 border-t border-faint" />
      Waits for, from left to right
    </span>
  </Panel>
);

/** Up to so many, the whole graph can be read at once. */
const FEW = 30;
const WHOLE = { maxZoom: 1, padding: 0.1 };

/** What is shown first of a large graph: what is open, and what that waits for. All of it is a press away. */
function firstSeen({ tasks, edges }: GraphProps) {
  const open = new Set(tasks.filter(({ status }) => status === "pending" || status === "in_progress").map(({ id }) => id));
  if (tasks.length <= FEW || open.size === 0) return WHOLE;
  const near = edges.filter(({ task }) => open.has(task)).map(({ dependsOn }) => dependsOn);
  return { ...WHOLE, minZoom: 0.5, nodes: [...open, ...near].map((id) => ({ id })) };
}

export default function Graph(props: GraphProps) {
  const { tasks, edges, opened, onOpen } = props;
  const dark = useIsDark();
  const ids = useMemo(() => tasks.map(({ id }) => id).sort(), [tasks]);
  const places = useLayout(ids, [...edges]);
  if (places === undefined) return <Skeleton className="m-3 h-24" />;
  const nodes = nodesOf(props, places);
  // A click, Enter or Space chooses a node.
  const change = (changes: NodeChange<TaskNode>[]) => {
    const chosen = changes.find((one) => one.type === "select" && one.selected);
    if (chosen?.type === "select" && chosen.id !== opened) onOpen(chosen.id);
  };
  return (
    <ReactFlow
      aria-label="Which task waits for which"
      ariaLabelConfig={SAID}
      nodes={nodes}
      edges={linesOf(props, places)}
      nodeTypes={TYPES}
      onNodesChange={change}
      onPaneClick={() => onOpen(undefined)}
      colorMode={dark ? "dark" : "light"}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      onlyRenderVisibleElements={nodes.length > 100}
      fitView
      fitViewOptions={firstSeen(props)}
      minZoom={0.05}
      maxZoom={2}
    >
      <Legend />
      <Controls showInteractive={false} position="bottom-left" fitViewOptions={WHOLE} />
      <MiniMap pannable zoomable className="hidden md:block" nodeColor={(node) => COLOURS[(node as TaskNode).data.task.status]} ariaLabel="The whole graph, small" />
    </ReactFlow>
  );
}
