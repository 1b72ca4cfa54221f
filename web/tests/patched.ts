import type { Page } from "@playwright/test";

interface Call {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

interface Reply {
  id: number;
  result?: unknown;
  error?: unknown;
}

type Refusal = { error: { code: number; message: string; data: { code: string } } };

/** What is said instead of what the server said. */
type Patch = (call: Call, real: unknown) => { result: unknown } | Refusal | undefined;

/** A call that does not reach the server. */
type Refuse = (call: Call) => Refusal | undefined;

/** What the server says of some methods is changed on its way to the page: for what cannot be brought about here. */
export async function patched(page: Page, patch: Patch, refuse: Refuse = () => undefined) {
  await page.route("**/rpc", async (route) => {
    const asked = route.request().postDataJSON() as Call | Call[];
    const calls = [asked].flat();
    const passed = calls.filter((call) => refuse(call) === undefined);
    const replies: Reply[] = calls.flatMap((call) => {
      const refused = refuse(call);
      return refused === undefined ? [] : [{ id: call.id, ...refused }];
    });
    try {
      if (passed.length > 0) {
        const said = (await (await route.fetch({ postData: JSON.stringify(passed) })).json()) as Reply[];
        for (const reply of said) {
          const call = passed.find(({ id }) => id === reply.id);
          const other = call && patch(call, reply.result);
          replies.push(other === undefined ? reply : { id: reply.id, ...other });
        }
      }
      await route.fulfill({ json: Array.isArray(asked) ? replies : replies[0] });
    } catch {
      // The page, or the server, is gone.
      await route.abort().catch(() => undefined);
    }
  });
}

/** Calls of these methods do not reach the server. */
export const refused = (page: Page, method: string, code: string, message: string) =>
  patched(page, () => undefined, (call) => (call.method === method ? refusal(code, message) : undefined));

export const refusal = (code: string, message: string) => ({ error: { code: -32000, message, data: { code } } });
