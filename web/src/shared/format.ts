// Numbers and times as the reader's locale writes them.

const number = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

/** 12,345 */
export const count = (value: number): string => number.format(value);

/** 12.3K */
export const brief = (value: number): string => (Math.abs(value) < 10_000 ? number.format(Math.round(value * 10) / 10) : short.format(value));

export const percent = (part: number, digits = 0): string =>
  new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: digits }).format(part);

export const bytes = (value: number): string => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const place = Math.min(Math.floor(Math.log(Math.max(value, 1)) / Math.log(1024)), units.length - 1);
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: units[place] ?? "byte",
    unitDisplay: place === 0 ? "long" : "short",
    maximumFractionDigits: place === 0 ? 0 : 1,
  }).format(value / 1024 ** place);
};

export const exactTime = (at: number): string => exact.format(at);
export const clockTime = (at: number): string => clock.format(at);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** 3 min. ago, in 2 hr. */
export function relativeTime(at: number, now: number): string {
  const away = at - now;
  for (const [unit, ms] of STEPS) if (Math.abs(away) >= ms) return relative.format(Math.trunc(away / ms), unit);
  return relative.format(0, "second");
}

/** 350 ms, 4.2 s, 3 m 20 s, 5 h 10 m, 2 d 3 h */
export function duration(ms: number): string {
  const value = Math.max(ms, 0);
  if (value < 1_000) return `${Math.round(value)} ms`;
  const s = Math.floor(value / 1_000);
  if (s < 10) return `${(value / 1_000).toFixed(1)} s`;
  if (s < 60) return `${s} s`;
  const two = (large: number, of: string, small: number, to: string) => (small === 0 ? `${large} ${of}` : `${large} ${of} ${small} ${to}`);
  if (s < 3_600) return two(Math.floor(s / 60), "m", s % 60, "s");
  if (s < 86_400) return two(Math.floor(s / 3_600), "h", Math.floor((s % 3_600) / 60), "m");
  return two(Math.floor(s / 86_400), "d", Math.floor((s % 86_400) / 3_600), "h");
}

/** Of a time as the server says it. */
export const millis = (at: string | number): number => (typeof at === "number" ? at : Date.parse(at));
