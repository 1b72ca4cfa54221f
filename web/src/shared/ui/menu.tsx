import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  /** The key that does the same. */
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}

/** A button's menu. */
export function Menu({ trigger, items, align = "end" }: { trigger: ReactNode; items: (MenuItem | "line")[]; align?: "start" | "end" }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-40 max-h-96 min-w-44 overflow-y-auto rounded-lg border bg-raised p-1 shadow-xl"
        >
          {items.map((item, place) =>
            item === "line" ? (
              <DropdownMenu.Separator key={place} className="my-1 h-px bg-line" />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                disabled={item.disabled ?? false}
                onSelect={item.onSelect}
                className={cn(
                  "flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 outline-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[highlighted]:bg-sunken [&_svg]:size-4",
                  item.danger === true && "text-failed",
                )}
              >
                {item.icon}
                <span className="flex-1">{item.label}</span>
                {item.keys !== undefined && <Kbd>{item.keys}</Kbd>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export const Kbd = ({ children }: { children: ReactNode }) => (
  <kbd className="rounded border bg-sunken px-1.5 py-0.5 font-mono text-[11px] text-soft">{children}</kbd>
);
