import "./styles.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ask } from "@/api/call";
import { Failure } from "@/api/failure";
import { enter, leave } from "@/api/session";
import type { Who } from "@/api/session";

import { App } from "./app/app";

const AGAIN_MS = 1_000;
/** A session lives on as long as its page is open. */
const RENEW_MS = 10 * 60_000;

async function ready() {
  try {
    enter((await (await ask("/auth/session")).json()) as Who);
  } catch (error) {
    if (error instanceof Failure && error.passes) setTimeout(() => void ready(), error.retryAfterMs ?? AGAIN_MS);
    else leave();
  }
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void ready();
setInterval(() => void ask("/auth/session").catch(() => undefined), RENEW_MS);
