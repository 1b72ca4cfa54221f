// How a status looks in graphs and charts, where no class names go.

import type { Status } from "@/api/types";

export const COLOURS: Record<Status, string> = {
  pending: "var(--strong)",
  in_progress: "var(--running)",
  completed: "var(--done)",
  failed: "var(--failed)",
  cancelled: "var(--cancelled)",
};

export const FILLS: Record<Status, string> = {
  pending: "bg-strong",
  in_progress: "bg-running",
  completed: "bg-done",
  failed: "bg-failed",
  cancelled: "bg-cancelled",
};
