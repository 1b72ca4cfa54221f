// A real server of the program under test, on a free port of the loopback, with its data in a folder of its own.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = process.env["CLAUDEBENCH"] ?? new URL("../../target/debug/claudebench", import.meta.url).pathname;

export class Server {
  readonly #folder: string;
  readonly #settings: Record<string, string>;
  #process: ChildProcess | undefined;
  #key: string | undefined;
  url = "";

  private constructor(folder: string, settings: Record<string, string>) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /** One with settings as the environment gives them: `CLAUDEBENCH_..`. */
  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "claudebench-web-")), settings);
    // A server that asks for keys does not start without one.
    if (settings["CLAUDEBENCH_AUTH_REQUIRED"] === "always") server.#key = await server.#firstKey();
    await server.begin("127.0.0.1:0");
    return server;
  }

  async begin(address = new URL(this.url).host) {
    const child = spawn(PROGRAM, ["serve", "--listen", address, "--data", this.#folder, "--json"], {
      cwd: this.#folder,
      env: { PATH: process.env["PATH"], HOME: this.#folder, ...this.#settings },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as { urls?: string[] };
      if (said.urls?.[0] !== undefined) {
        this.url = said.urls[0];
        return;
      }
    }
    throw new Error(`${PROGRAM} did not start`);
  }

  /** Ends its process, and leaves its data. */
  async halt(signal: NodeJS.Signals = "SIGTERM") {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** Stops it where it stands: connections stay open and lead nowhere. */
  pause() {
    this.#process?.kill("SIGSTOP");
  }

  goOn() {
    this.#process?.kill("SIGCONT");
  }

  async stop() {
    this.goOn();
    await this.halt("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Makes an API key; answers it. */
  async makeKey(name: string, scopes: string[]): Promise<string> {
    return (await this.call<{ key: string }>("key.create", { name, scopes })).key;
  }

  /** The key of whoever looks after the server, made at its machine before it starts. */
  async #firstKey(): Promise<string> {
    const child = spawn(PROGRAM, ["key", "create", "--name", "root", "--scopes", "admin", "--data", this.#folder, "--json"], {
      cwd: this.#folder,
      env: { PATH: process.env["PATH"], HOME: this.#folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
    await once(child, "close");
    return (JSON.parse(said) as { key: string }).key;
  }

  /** Calls a method; fails with what the server says. */
  async call<T = Record<string, unknown>>(method: string, params: unknown = {}): Promise<T> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (this.#key !== undefined) headers["authorization"] = `Bearer ${this.#key}`;
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await fetch(`${this.url}/rpc`, { method: "POST", headers, body });
    const said = (await answer.json()) as { result?: T; error?: { message: string; data?: unknown } };
    if (said.error !== undefined) throw new Error(`${method}: ${said.error.message} ${JSON.stringify(said.error.data)}`);
    return said.result as T;
  }

  /** Makes a task; answers its id. */
  async task(text: string, more: Record<string, unknown> = {}): Promise<string> {
    return (await this.call<{ id: string }>("task.create", { text, ...more })).id;
  }

  /** Registers a worker, which takes what it can get: as many tasks as are ready, up to `most`. */
  async work(worker: string, roles: string[] = [], most = 1): Promise<{ id: string; fence: number }[]> {
    await this.call("system.register", { id: worker, roles });
    const claimed = await this.call<{ tasks: { id: string; lease: { fence: number } }[] }>("task.claim", { workerId: worker, maxTasks: most });
    return claimed.tasks.map((task) => ({ id: task.id, fence: task.lease.fence }));
  }
}
