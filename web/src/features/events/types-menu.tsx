import { Check, ListFilter, Minus } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

import { may, useStanding } from "@/api/session";
import { cn } from "@/shared/cn";
import { Button } from "@/shared/ui/button";

import { DOMAINS, domainName, EVENT_TYPES } from "./kinds";

const ITEM = "flex cursor-pointer items-center gap-2 rounded-md px-2 py-1 outline-none data-[highlighted]:bg-sunken";

function Item({ checked, children, onChange, className }: { checked: boolean | "some"; children: ReactNode; onChange: () => void; className?: string }) {
  return (
    <DropdownMenu.CheckboxItem
      checked={checked === "some" ? "indeterminate" : checked}
      onCheckedChange={onChange}
      // Several may be chosen.
      onSelect={(select) => select.preventDefault()}
      className={cn(ITEM, className)}
    >
      <span aria-hidden className={cn("inline-flex size-4 items-center justify-center rounded border border-strong", checked !== false && "border-accent bg-accent text-accent-ink")}>
        {checked === true && <Check className="size-3" />}
        {checked === "some" && <Minus className="size-3" />}
      </span>
      {children}
    </DropdownMenu.CheckboxItem>
  );
}

/** Chooses types of events, by domain or one by one. */
export function TypesMenu({ types, onChange }: { types: readonly string[]; onChange: (types: readonly string[]) => void }) {
  const standing = useStanding();
  const scopes = Object.entries(DOMAINS).filter(([, { scope }]) => standing.kind === "in" && may(standing.who, scope));
  const toggleDomain = (domain: string) => {
    const rest = types.filter((type) => domainName(type) !== domain);
    onChange(types.includes(`${domain}.*`) ? rest : [...rest, `${domain}.*`]);
  };
  const toggle = (type: string) => {
    const domain = domainName(type);
    const all = EVENT_TYPES.filter((one) => domainName(one) === domain);
    const had = types.includes(`${domain}.*`) ? all : all.filter((one) => types.includes(one));
    const has = had.includes(type as (typeof all)[number]) ? had.filter((one) => one !== type) : [...had, type];
    const rest = types.filter((one) => domainName(one) !== domain);
    onChange([...rest, ...(has.length === all.length ? [`${domain}.*`] : has)]);
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button>
          <ListFilter aria-hidden />
          Types
          {types.length > 0 && <span className="tabular rounded-full bg-accent-soft px-1.5 text-xs text-accent">{types.length}</span>}
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" sideOffset={4} collisionPadding={8} className="z-40 max-h-[min(26rem,70dvh)] w-72 overflow-y-auto rounded-lg border bg-raised p-1 shadow-xl">
          <DropdownMenu.Item disabled={types.length === 0} onSelect={() => onChange([])} className={cn(ITEM, "data-[disabled]:opacity-50")}>
            All types
          </DropdownMenu.Item>
          {scopes.map(([domain, { name, icon: Icon }]) => {
            const all = types.includes(`${domain}.*`);
            const within = EVENT_TYPES.filter((type) => domainName(type) === domain);
            return (
              <DropdownMenu.Group key={domain} aria-label={name} className="mt-1 border-t pt-1">
                <Item checked={all || (within.some((type) => types.includes(type)) ? "some" : false)} onChange={() => toggleDomain(domain)} className="font-medium">
                  <Icon aria-hidden className="size-4 text-soft" />
                  {name}
                </Item>
                {within.length > 1 &&
                  within.map((type) => (
                    <Item key={type} checked={all || types.includes(type)} onChange={() => toggle(type)} className="pl-6">
                      <code className="text-xs">{type.slice(domain.length + 1)}</code>
                    </Item>
                  ))}
              </DropdownMenu.Group>
            );
          })}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
