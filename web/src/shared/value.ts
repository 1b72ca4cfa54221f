// Fields of what agents wrote: nothing is believed of their form.

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

export const fieldOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

export const textOf = (value: unknown, name: string): string | undefined => {
  const field = fieldOf(value, name);
  return typeof field === "string" && field !== "" ? field : undefined;
};

export const numberOf = (value: unknown, name: string): number | undefined => {
  const field = fieldOf(value, name);
  return typeof field === "number" && Number.isFinite(field) ? field : undefined;
};

export const listOf = (value: unknown, name: string): readonly unknown[] => {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field : [];
};

/** In one line, and not longer than a line. */
export const oneLine = (text: string, most = 160): string => {
  const line = text.slice(0, most * 4).replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};

/** The end of a task's id, which tells it from others. */
export const shortTask = (id: string): string => (id.length > 12 ? `t-…${id.slice(-6)}` : id);

export const shortSession = (id: string): string => (id.length > 12 ? id.slice(0, 8) : id);

const TARGETS = ["command", "file_path", "notebook_path", "pattern", "path", "url", "query", "description", "skill", "prompt"];

/** What a tool is called with, in a few words. */
export function targetOf(params: unknown): string {
  if (typeof params === "string") return oneLine(params);
  for (const name of TARGETS) {
    const text = textOf(params, name);
    if (text !== undefined) return oneLine(text);
  }
  if (params == null || (isRecord(params) && Object.keys(params).length === 0)) return "";
  return oneLine(JSON.stringify(params));
}
