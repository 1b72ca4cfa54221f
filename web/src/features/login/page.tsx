import { useEffect, useState } from "react";

import { ask } from "@/api/call";
import { explain } from "@/api/failure";
import { enter } from "@/api/session";
import type { Who } from "@/api/session";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";

/** Takes an API key once; the browser keeps a cookie that no script can read. */
export function LoginPage() {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  useEffect(() => {
    document.title = "Log in · ClaudeBench";
  }, []);
  const logIn = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await ask("/auth/login", { method: "POST", body: JSON.stringify({ key: key.trim() }) });
      enter((await answer.json()) as Who);
    } catch (failure) {
      setError(explain(failure).title);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <form
        className="w-full max-w-sm rounded-xl border bg-panel p-6 shadow-sm"
        onSubmit={(submit) => {
          submit.preventDefault();
          void logIn();
        }}
      >
        <div className="mb-5 flex items-center gap-3">
          <img src="/ui/icon.svg" alt="" className="size-9" />
          <h1 className="text-lg font-semibold">Log in to ClaudeBench</h1>
        </div>
        <Field label="API key" error={error} hint={<>Whoever looks after the server makes one: <code>claudebench key create</code></>}>
          {(field) => (
            <Input
              {...field}
              type="password"
              name="key"
              autoComplete="current-password"
              required
              placeholder="cb_…"
              value={key}
              onChange={(change) => setKey(change.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="primary" busy={busy} disabled={key.trim() === ""} className="mt-4 w-full justify-center">
          Log in
        </Button>
      </form>
    </main>
  );
}
