import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, redirect } from "@tanstack/react-router";

import { boardSearch } from "@/features/board/search";
import { eventsSearch } from "@/features/events/search";
import { hooksSearch } from "@/features/hooks/search";
import { metricsSearch } from "@/features/metrics/search";
import { projectSearch } from "@/features/project/search";
import { systemSearch } from "@/features/system/search";
import { taskSearch } from "@/features/task/search";
import { workersSearch } from "@/features/workers/search";
import { Empty, Failed } from "@/shared/ui/states";

import { Layout } from "./layout";

const root = createRootRoute({
  component: Layout,
  notFoundComponent: () => (
    <Empty title="There is no such page" className="h-full">
      <Link to="/board" className="text-accent underline">
        Go to the board
      </Link>
    </Empty>
  ),
  errorComponent: ({ error, reset }) => (
    <div className="p-5">
      <Failed error={error} onRetry={reset} />
    </div>
  ),
});

const parent = () => root;

// By themselves: within the call, the compiler would forget their paths and what is in the address.
const pages = [
  createRoute({
    getParentRoute: parent,
    path: "/",
    beforeLoad: () => {
      // The router catches what is thrown so.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw redirect({ to: "/board" });
    },
  }),
  createRoute({ getParentRoute: parent, path: "/board", validateSearch: boardSearch, component: lazyRouteComponent(() => import("@/features/board/page")) }),
  createRoute({ getParentRoute: parent, path: "/tasks/$id", validateSearch: taskSearch, component: lazyRouteComponent(() => import("@/features/task/page")) }),
  createRoute({ getParentRoute: parent, path: "/projects", component: lazyRouteComponent(() => import("@/features/project/list")) }),
  createRoute({ getParentRoute: parent, path: "/projects/$name", validateSearch: projectSearch, component: lazyRouteComponent(() => import("@/features/project/page")) }),
  createRoute({ getParentRoute: parent, path: "/events", validateSearch: eventsSearch, component: lazyRouteComponent(() => import("@/features/events/page")) }),
  createRoute({ getParentRoute: parent, path: "/workers", validateSearch: workersSearch, component: lazyRouteComponent(() => import("@/features/workers/page")) }),
  createRoute({ getParentRoute: parent, path: "/hooks", validateSearch: hooksSearch, component: lazyRouteComponent(() => import("@/features/hooks/page")) }),
  createRoute({ getParentRoute: parent, path: "/metrics", validateSearch: metricsSearch, component: lazyRouteComponent(() => import("@/features/metrics/page")) }),
  createRoute({ getParentRoute: parent, path: "/system", validateSearch: systemSearch, component: lazyRouteComponent(() => import("@/features/system/page")) }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: "/ui",
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
