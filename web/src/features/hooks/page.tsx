import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { ReactNode } from "react";

import { useMay } from "@/api/session";
import { cn } from "@/shared/cn";
import { Page } from "@/shared/page";

import { CallsView } from "./calls-view";
import type { Change } from "./calls-view";
import { RulesView } from "./rules-view";
import { hooksSearch } from "./search";
import type { View } from "./search";
import { SessionsView } from "./sessions-view";
import { StoryView } from "./story-view";

const NAMES: Record<View, string> = { calls: "Tool calls", sessions: "Sessions", rules: "Rules" };

/** What agents did, and what the rules let them. */
export default function HooksPage(): ReactNode {
  const search = useSearch({ from: "/hooks" });
  const navigate = useNavigate({ from: "/hooks" });
  const mayRules = useMay("system:read");
  const change = useCallback<Change>((changed) => void navigate({ search: (before) => hooksSearch({ ...before, ...changed }), replace: true }), [navigate]);
  const { session } = search;
  const story = search.view === undefined && session !== undefined;
  const view = search.view ?? (story ? "sessions" : "calls");
  const views: View[] = mayRules ? ["calls", "sessions", "rules"] : ["calls", "sessions"];
  const tabs = (
    <div role="group" aria-label="What to show" className="flex gap-1 rounded-lg bg-sunken p-0.5">
      {views.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={view === one}
          // What is chosen in one view says nothing in another.
          onClick={() => void navigate({ search: { view: one } })}
          className={cn("h-7 rounded-md px-3 font-medium", view === one ? "bg-panel text-ink shadow-sm" : "text-soft hover:text-ink")}
        >
          {NAMES[one]}
        </button>
      ))}
    </div>
  );
  return (
    <Page title="Hooks" fixed={view === "calls"} actions={tabs}>
      {story ? (
        <StoryView key={session} session={session} search={search} onChange={change} />
      ) : view === "calls" ? (
        <CallsView search={search} onChange={change} />
      ) : view === "sessions" ? (
        <SessionsView />
      ) : (
        <RulesView />
      )}
    </Page>
  );
}
