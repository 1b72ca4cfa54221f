/** The colours of the page's tokens (styles.css) that lines may have. */
export type Tone = "accent" | "pending" | "running" | "done" | "failed" | "cancelled" | "warn" | "strong";

export interface Line {
  name: string;
  tone: Tone;
  /** One for each time; null where nothing is known, which is shown as a gap. */
  values: readonly (number | null)[];
  /** Dotted tells two of like colours apart; dashed is what was before. */
  look?: "dotted" | "dashed";
  /** The area below it is tinted. */
  fill?: boolean;
}

/** A part of the time that something is said of. */
export interface Span {
  from: number;
  to: number;
  text: string;
}

export interface Drawn {
  /** Milliseconds since 1970, in order. */
  times: readonly number[];
  lines: readonly Line[];
  /** A value in words. */
  say: (value: number) => string;
  /** Whole numbers, or milliseconds: where the axis has its marks. */
  unit?: "count" | "ms";
  /** So much time is shown at the least, in milliseconds. */
  leastMs?: number;
  /** Days are those of UTC. */
  utc?: boolean;
  /** What is not known, or stands out. */
  shaded?: readonly Span[];
  /** The last point is not over yet: the line to it is one of dashes. */
  open?: boolean;
  /** Charts of one name show the same time. */
  sync?: string;
  height?: number;
}
