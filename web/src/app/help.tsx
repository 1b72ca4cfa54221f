import { Fragment } from "react";

import { useAllShortcuts } from "@/shared/keys";
import type { Shortcut } from "@/shared/keys";
import { Dialog } from "@/shared/ui/dialog";
import { Kbd } from "@/shared/ui/menu";

/** What is written on keys that the browser names otherwise. */
const WRITTEN: Record<string, string> = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Delete: "Del" };

const pressed = (keys: string): string[] => (keys === " " ? ["Space"] : keys.split(" ").map((key) => WRITTEN[key] ?? key));

/** By group and by what they do: all keys that do it. */
function grouped(shortcuts: readonly Shortcut[]): [string, [string, string[]][]][] {
  const groups = new Map<string, Map<string, string[]>>();
  for (const { group, does, keys } of shortcuts) {
    const lines = groups.get(group) ?? new Map<string, string[]>();
    lines.set(does, [...new Set([...(lines.get(does) ?? []), keys])]);
    groups.set(group, lines);
  }
  return [...groups].map(([group, lines]) => [group, [...lines]]);
}

const Pressed = ({ keys }: { keys: string }) => (
  <>
    {pressed(keys).map((key, place) => (
      <Kbd key={place}>{key}</Kbd>
    ))}
  </>
);

/** Which keys do what on this page. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const groups = grouped(useAllShortcuts());
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <div className="grid gap-5 sm:grid-cols-2">
        {groups.reverse().map(([group, lines]) => (
          <section key={group}>
            <h3 className="mb-1.5 text-xs font-semibold text-soft">{group}</h3>
            <dl className="flex flex-col gap-1.5">
              {lines.map(([does, all]) => (
                <div key={does} className="flex items-center justify-between gap-4">
                  <dt>{does}</dt>
                  <dd className="flex items-center gap-1">
                    {all.map((keys, place) => (
                      <Fragment key={keys}>
                        {place > 0 && <span className="text-xs text-faint">or</span>}
                        <Pressed keys={keys} />
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
              {group === "Everywhere" && (
                <div className="flex items-center justify-between gap-4">
                  <dt>Search, or do something</dt>
                  <dd>
                    <Kbd>Ctrl K</Kbd>
                  </dd>
                </div>
              )}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
