import { useRouter } from "@tanstack/react-router";
import { Command, defaultFilter } from "cmdk";
import { Monitor, Moon, Sun, Zap } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { may } from "@/api/session";
import type { Who } from "@/api/session";
import { searchWords } from "@/shared/search";
import { StatusIcon } from "@/shared/status";
import { Dialog } from "@/shared/ui/dialog";

import { useAllCommands } from "./commands";
import { PAGES } from "./pages";
import { setTheme } from "./theme";

export { searchWords };

function Item({ value, icon, children, onSelect }: { value: string; icon: ReactNode; children: ReactNode; onSelect: () => void }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {icon}
      {children}
    </Command.Item>
  );
}

const GROUP = "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-soft";

interface Offer {
  /** What it is found by; no other offer has the same. */
  value: string;
  name: string;
  icon: ReactNode;
  run: () => void;
}

interface Offers {
  heading: string;
  list: Offer[];
}

/** Those that fit the text, the best ones first. */
function fitting(groups: readonly Offers[], text: string): Offers[] {
  if (text === "") return groups.filter(({ list }) => list.length > 0);
  return groups
    .map(({ heading, list }) => {
      const scored = list.map((offer) => ({ offer, score: defaultFilter(offer.value, text) })).filter(({ score }) => score > 0);
      scored.sort((a, b) => b.score - a.score);
      return { heading, list: scored.map(({ offer }) => offer), best: scored[0]?.score ?? 0 };
    })
    .filter(({ best }) => best > 0)
    .sort((a, b) => b.best - a.best);
}

/** What can be done besides opening a task. */
function useOffers(who: Who): Offers[] {
  const router = useRouter();
  const commands = useAllCommands();
  const theme = (value: string, name: string, icon: ReactNode, to: Parameters<typeof setTheme>[0]): Offer => ({ value, name, icon, run: () => setTheme(to) });
  return [
    { heading: "On this page", list: commands.map(({ name, run }) => ({ value: name, name, icon: <Zap aria-hidden />, run })) },
    {
      heading: "Pages",
      list: PAGES.filter(({ scope }) => may(who, scope)).map(({ to, name, icon: Icon }) => ({
        value: `Go to ${name}`,
        name: `Go to ${name.toLowerCase()}`,
        icon: <Icon aria-hidden />,
        run: () => void router.navigate({ to }),
      })),
    },
    {
      heading: "Theme",
      list: [
        theme("Theme light", "Light", <Sun aria-hidden />, "light"),
        theme("Theme dark", "Dark", <Moon aria-hidden />, "dark"),
        theme("Theme as the system", "As the system", <Monitor aria-hidden />, "system"),
      ],
    },
  ];
}

/** Tasks with these words, and whether they are still being read. */
function useFound(text: string, open: boolean, who: Who) {
  const search = searchWords(useDeferredValue(text));
  const id = /^t-\d+$/.test(text.trim()) ? text.trim() : undefined;
  const enabled = open && search.length > 1 && id === undefined && may(who, "tasks:read");
  // Not what was found before: Enter would open that.
  const found = useRead("task.list", { search, limit: 8 }, { enabled });
  return {
    id,
    tasks: enabled ? (found.data?.tasks ?? []) : [],
    reading: search !== searchWords(text) || (enabled && found.isPending),
    failed: enabled && found.isError,
  };
}

/** Goes to the first of what was found when that changes, unless another one was chosen with the keys or the pointer. */
function useFirst(found: string, text: string) {
  const root = useRef<HTMLDivElement>(null);
  const chosen = useRef(false);
  useEffect(() => {
    chosen.current = false;
  }, [text]);
  useEffect(() => {
    // As if the key was pressed: only so does the list tell readers of the screen, too.
    if (!chosen.current) root.current?.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true, cancelable: true }));
  }, [found]);
  return { root, choose: () => (chosen.current = true) };
}

/** Goes to pages and tasks, and does what the page at hand offers. */
export function Palette({ open, onClose, who }: { open: boolean; onClose: () => void; who: Who }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const groups = fitting(useOffers(who), text.trim());
  const { id, tasks, reading, failed } = useFound(text, open, who);
  const { root, choose } = useFirst(tasks.map((task) => task.id).join(" "), text);
  const nothing = id === undefined && tasks.length === 0 && groups.length === 0 && !reading;
  const close = () => {
    onClose();
    setText("");
  };
  const go = (run: () => void) => () => {
    close();
    run();
  };
  const openTask = (task: string) => go(() => void router.navigate({ to: "/tasks/$id", params: { id: task } }));
  return (
    <Dialog open={open} onClose={close} title="Search and commands" bare className="mt-[12vh] mb-auto overflow-hidden">
      <Command ref={root} label="Search and commands" loop shouldFilter={false} onKeyDown={(event) => event.key.startsWith("Arrow") && choose()}>
        <Command.Input
          data-first
          value={text}
          onValueChange={setText}
          placeholder="Search tasks, or do something"
          className="h-12 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-faint"
        />
        {nothing && (
          <p role="status" className="p-6 text-center text-soft">
            {failed ? "The tasks could not be searched." : "Nothing has this name."}
          </p>
        )}
        <Command.List className={nothing ? undefined : "max-h-[50dvh] overflow-y-auto p-1.5"} label="Results" onPointerMove={choose}>
          {id !== undefined && (
            <Item value={id} icon={<Zap aria-hidden />} onSelect={openTask(id)}>
              Open {id}
            </Item>
          )}
          {tasks.length > 0 && (
            <Command.Group heading="Tasks" className={GROUP}>
              {tasks.map((task) => (
                <Item key={task.id} value={`task ${task.id}`} icon={<StatusIcon status={task.status} />} onSelect={openTask(task.id)}>
                  <span className="truncate">{task.text}</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {groups.map(({ heading, list }) => (
            <Command.Group key={heading} heading={heading} className={GROUP}>
              {list.map(({ value, name, icon, run }) => (
                <Item key={value} value={value} icon={icon} onSelect={go(run)}>
                  {name}
                </Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
