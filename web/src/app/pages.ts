import { ChartLine, FolderKanban, Kanban, Radio, Server, ShieldCheck, Users } from "lucide-react";

import type { Scope } from "@/api/types";

/** The pages that are named beside all others, each with the key that goes there after `g`. */
export const PAGES = [
  { to: "/board", name: "Board", key: "b", icon: Kanban, scope: "tasks:read" },
  { to: "/projects", name: "Projects", key: "p", icon: FolderKanban, scope: "tasks:read" },
  { to: "/events", name: "Events", key: "e", icon: Radio, scope: "tasks:read" },
  { to: "/workers", name: "Workers", key: "w", icon: Users, scope: "system:read" },
  { to: "/hooks", name: "Hooks", key: "h", icon: ShieldCheck, scope: "system:read" },
  { to: "/metrics", name: "Metrics", key: "m", icon: ChartLine, scope: "system:read" },
  { to: "/system", name: "System", key: "s", icon: Server, scope: "system:read" },
] as const satisfies readonly { to: string; name: string; key: string; icon: typeof Kanban; scope: Scope }[];
