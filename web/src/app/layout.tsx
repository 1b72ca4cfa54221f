import { Link, Outlet, useRouter } from "@tanstack/react-router";
import { CircleHelp, LogOut, Menu as MenuIcon, Monitor, Moon, Search, Sun, UserRound, X } from "lucide-react";
import { useLayoutEffect, useState } from "react";

import { ask } from "@/api/call";
import { leave, may, useStanding } from "@/api/session";
import type { Who } from "@/api/session";
import { cn } from "@/shared/cn";
import { listen, useShortcuts } from "@/shared/keys";
import { Button } from "@/shared/ui/button";
import { Kbd, Menu } from "@/shared/ui/menu";
import { Tip } from "@/shared/ui/tip";
import { toast } from "@/shared/ui/toast";

import { FreshnessBadge } from "./freshness";
import { Help } from "./help";
import { PAGES } from "./pages";
import { Palette } from "./palette";
import { setTheme, useTheme } from "./theme";
import type { Theme } from "./theme";

const THEMES: Record<Theme, { next: Theme; icon: typeof Sun; name: string }> = {
  system: { next: "light", icon: Monitor, name: "as the system" },
  light: { next: "dark", icon: Sun, name: "light" },
  dark: { next: "system", icon: Moon, name: "dark" },
};

function ThemeButton() {
  const theme = useTheme();
  const { next, icon: Icon, name } = THEMES[theme];
  return (
    <Tip text={`Theme: ${name}`} side="bottom">
      <Button look="quiet" size="icon" aria-label={`Theme: ${name}. Change it`} onClick={() => setTheme(next)}>
        <Icon aria-hidden />
      </Button>
    </Tip>
  );
}

async function logOut() {
  try {
    await ask("/auth/logout", { method: "POST" });
    leave();
  } catch (error) {
    toast.failed("You are still logged in", error);
  }
}

function Navigation({ who, onGo }: { who: Who; onGo?: () => void }) {
  return (
    <nav aria-label="Pages" className="flex flex-col gap-0.5 p-2">
      {PAGES.filter(({ scope }) => may(who, scope)).map(({ to, name, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          onClick={onGo}
          className="flex h-9 items-center gap-2.5 rounded-md px-2.5 text-soft hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent [&_svg]:size-4"
        >
          <Icon aria-hidden />
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** What is around every page, for whoever may see one. */
export function Layout() {
  const standing = useStanding();
  return standing.kind === "in" ? <Frame who={standing.who} /> : null;
}

function Frame({ who }: { who: Who }) {
  const router = useRouter();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState(false);
  // With the page that is drawn, not after it: who sees it may press keys.
  useLayoutEffect(() => listen(), []);
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key === "k") {
        event.preventDefault();
        setPalette(true);
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  useShortcuts([
    { keys: "?", does: "Show the keys", group: "Everywhere", run: () => setHelp(true) },
    ...PAGES.filter(({ scope }) => may(who, scope)).map(({ to, name, key }) => ({
      keys: `g ${key}`,
      does: `Go to ${name.toLowerCase()}`,
      group: "Everywhere",
      run: () => void router.navigate({ to }),
    })),
  ]);
  return (
    <div className="flex h-full">
      <a href="#main" className="sr-only z-50 rounded bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:absolute focus:m-2">
        Skip to the content
      </a>
      <aside className="hidden w-48 shrink-0 border-r bg-panel md:block">
        <Brand />
        <Navigation who={who} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-1 border-b bg-panel px-2 md:px-4">
          <Button look="quiet" size="icon" className="md:hidden" aria-label={drawer ? "Close the menu" : "Open the menu"} aria-expanded={drawer} onClick={() => setDrawer(!drawer)}>
            {drawer ? <X aria-hidden /> : <MenuIcon aria-hidden />}
          </Button>
          <Button className="min-w-0 text-faint sm:w-72" onClick={() => setPalette(true)} aria-keyshortcuts="Control+K">
            <Search aria-hidden />
            <span className="sr-only flex-1 text-left font-normal sm:not-sr-only">Search, or do something</span>
            <span aria-hidden className="hidden sm:block">
              <Kbd>Ctrl K</Kbd>
            </span>
          </Button>
          <div className="flex-1" />
          <FreshnessBadge />
          <ThemeButton />
          <Tip text="Keys" side="bottom">
            <Button look="quiet" size="icon" className="hidden sm:inline-flex" aria-label="Show the keys" onClick={() => setHelp(true)}>
              <CircleHelp aria-hidden />
            </Button>
          </Tip>
          {who.session && (
            <Menu
              trigger={
                <Button look="quiet" aria-label={`You are ${who.name}`}>
                  <UserRound aria-hidden />
                  <span className="hidden max-w-32 truncate sm:block">{who.name}</span>
                </Button>
              }
              items={[{ label: "Log out", icon: <LogOut aria-hidden />, onSelect: () => void logOut() }]}
            />
          )}
        </header>
        {drawer && (
          <div className="border-b bg-panel md:hidden">
            <Navigation who={who} onGo={() => setDrawer(false)} />
          </div>
        )}
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-auto outline-none">
          <Outlet />
        </main>
      </div>
      <Palette open={palette} onClose={() => setPalette(false)} who={who} />
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

const Brand = () => (
  <Link to="/board" className={cn("flex h-12 items-center gap-2 border-b px-4 font-semibold")}>
    <img src="/ui/icon.svg" alt="" className="size-6" />
    ClaudeBench
  </Link>
);
