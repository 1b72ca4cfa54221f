// What a chart's axes and points say, apart from drawing them.

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function written(options: Intl.DateTimeFormatOptions, utc: boolean): Intl.DateTimeFormat {
  const key = JSON.stringify([options, utc]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(undefined, { ...options, ...(utc ? { timeZone: "UTC" } : {}) });
  formats.set(key, format);
  return format;
}

/** The labels of an axis of time: as much of each as tells it from its neighbours. */
export function timeLabels(times: readonly number[], apartMs: number, utc: boolean): string[] {
  const day = written({ day: "numeric", month: "short" }, utc);
  const month = written({ month: "short", year: "numeric" }, utc);
  const minute = written({ hour: "2-digit", minute: "2-digit" }, utc);
  const second = written({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, utc);
  return times.map((at, place) => {
    if (apartMs >= 28 * DAY_MS) return month.format(at);
    if (apartMs >= DAY_MS) return day.format(at);
    const before = times[place - 1];
    // Where a day begins, its name stands.
    if (before !== undefined && day.format(before) !== day.format(at)) return day.format(at);
    return (apartMs >= MINUTE_MS ? minute : second).format(at);
  });
}

/** The time of a point, and how long it stands for: `12 May 2026, 10:05 – 10:06`. */
export function pointTime(at: number, stepMs: number | undefined, utc: boolean): string {
  if (stepMs === undefined) return written({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, utc).format(at);
  if (stepMs >= DAY_MS) return written({ weekday: "short", day: "numeric", month: "short", year: "numeric" }, utc).format(at);
  return written({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, utc).formatRange(at, at + stepMs);
}

/** The places of points that have no neighbour: no line leads to them, so they are drawn as points. */
export function lonely(values: readonly (number | null | undefined)[]): number[] {
  const places: number[] = [];
  values.forEach((value, place) => {
    if (value != null && values[place - 1] == null && values[place + 1] == null) places.push(place);
  });
  return places;
}

/** A colour of six hex digits, as faint as `part` of 1 says. */
export const faded = (colour: string, part: number): string =>
  /^#[0-9a-f]{6}$/i.test(colour) ? colour + Math.round(part * 255).toString(16).padStart(2, "0") : colour;

/** Room for the longest label of an axis, in pixels. */
export const roomFor = (labels: readonly string[]): number => 18 + 6.4 * Math.max(0, ...labels.map((label) => label.length));
