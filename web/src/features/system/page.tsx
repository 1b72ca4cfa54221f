import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { BookOpen, HeartPulse, KeyRound, Pause, SlidersHorizontal, ToggleLeft } from "lucide-react";
import type { ReactNode } from "react";

import { may, useStanding } from "@/api/session";
import type { Scope } from "@/api/types";
import { useCommands } from "@/app/commands";
import { useShortcuts } from "@/shared/keys";
import { Page } from "@/shared/page";

import { GuideTab } from "./guide";
import { HealthTab } from "./health";
import { KeysTab } from "./keys";
import { PausesTab } from "./pauses";
import { systemSearch } from "./search";
import type { SystemSearch, TabId } from "./search";
import { SettingsTab } from "./settings";
import { ValuesTab } from "./values";

const TABS: readonly { id: TabId; name: string; icon: typeof Pause; scope: Scope }[] = [
  { id: "health", name: "Health", icon: HeartPulse, scope: "system:read" },
  { id: "pauses", name: "Pauses", icon: Pause, scope: "tasks:read" },
  { id: "values", name: "Shared values", icon: ToggleLeft, scope: "system:read" },
  { id: "settings", name: "Settings", icon: SlidersHorizontal, scope: "admin" },
  { id: "keys", name: "API keys", icon: KeyRound, scope: "admin" },
  { id: "guide", name: "Documentation", icon: BookOpen, scope: "system:read" },
];

const searchOf = (id: TabId): SystemSearch => (id === "health" ? {} : { tab: id });

export default function SystemPage(): ReactNode {
  // The router leaves in what was found to make no sense.
  const search = systemSearch({ ...useSearch({ from: "/system" }) });
  const navigate = useNavigate();
  const standing = useStanding();
  const tabs = TABS.filter(({ scope }) => standing.kind === "in" && may(standing.who, scope));
  // What the reader may not see is not there for him, whatever the address says.
  const shown = tabs.find(({ id }) => id === search.tab) ?? tabs[0];
  const go = (id: TabId) => void navigate({ to: "/system", search: searchOf(id) });
  const look = (q: string) => void navigate({ to: "/system", search: { ...searchOf(shown?.id ?? "health"), ...(q === "" ? {} : { q }) }, replace: true });
  useShortcuts([
    ...tabs.map(({ id, name }, place) => ({ keys: String(place + 1), does: name, group: "System", run: () => go(id) })),
    { keys: "/", does: "Find in what is listed", group: "System", run: () => document.querySelector<HTMLElement>("[data-finder]")?.focus() },
  ]);
  useCommands(tabs.map(({ id, name }) => ({ name: `System: ${name.toLowerCase()}`, run: () => go(id) })));
  const words = search.q ?? "";
  return (
    <Page title="System">
      <nav aria-label="Parts of the system" className="-mx-3 overflow-x-auto border-b px-3 md:mx-0 md:px-0">
        <ul className="flex gap-1">
          {tabs.map(({ id, name, icon: Icon }) => (
            <li key={id}>
              <Link
                to="/system"
                search={searchOf(id)}
                aria-current={id === shown?.id ? "page" : undefined}
                activeOptions={{ exact: true }}
                className="flex h-9 items-center gap-1.5 border-b-2 border-transparent px-2.5 whitespace-nowrap text-soft hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-accent [&_svg]:size-4"
              >
                <Icon aria-hidden />
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {shown?.id === "health" && <HealthTab />}
      {shown?.id === "pauses" && <PausesTab />}
      {shown?.id === "values" && <ValuesTab words={words} onWords={look} />}
      {shown?.id === "settings" && <SettingsTab words={words} onWords={look} />}
      {shown?.id === "keys" && <KeysTab />}
      {shown?.id === "guide" && <GuideTab words={words} page={search.page} onWords={look} />}
    </Page>
  );
}
