// What stands in the address: a view that can be kept, sent and gone back to. What makes no sense is left out.

export type Search = Record<string, unknown>;

export const text = (search: Search, name: string): string | undefined => {
  const value = search[name];
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : typeof value === "number" ? String(value) : undefined;
};

export const oneOf = <T extends string>(search: Search, name: string, among: readonly T[]): T | undefined =>
  among.find((one) => one === search[name]);

export const whole = (search: Search, name: string, least: number, most: number): number | undefined => {
  const value = Number(search[name]);
  return search[name] !== undefined && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
};

/** Without what is not given. */
export function given<T extends Record<string, unknown>>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/**
 * What the address says, as a route reads it. What makes no sense is there as nothing: the router lays this over what really stands
 * in the address, so that what was left out would come back as it was written.
 */
export function address<T extends Record<string, unknown>>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return all as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Words as the server's search takes them: each may be the beginning of one. */
export const searchWords = (text: string): string =>
  text
    .trim()
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => `${word.replaceAll("*", "")}*`)
    .join(" ");
