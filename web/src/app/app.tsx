import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";

import { live } from "@/api/live";
import { client, follow } from "@/api/query";
import { useStanding } from "@/api/session";
import { LoginPage } from "@/features/login/page";
import { Tips } from "@/shared/ui/tip";
import { Toasts } from "@/shared/ui/toast";

import { router } from "./router";

export function App() {
  const standing = useStanding();
  const who = standing.kind === "in" ? standing.who : undefined;
  // Another person's reads are not shown to this one.
  const reader = who && `${who.tenant}\n${who.name}\n${who.csrfToken ?? ""}`;
  useEffect(() => {
    if (reader === undefined) return;
    const unfollow = follow(live, client);
    live.start();
    return () => {
      unfollow();
      live.stop();
      client.clear();
    };
  }, [reader]);
  return (
    <QueryClientProvider client={client}>
      <Tips>
        {who !== undefined ? <RouterProvider router={router} /> : standing.kind === "out" && <LoginPage />}
        <Toasts />
      </Tips>
    </QueryClientProvider>
  );
}
