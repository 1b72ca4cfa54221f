// The text of a task as the heading of its page, which has one line.

import { plain } from "@/shared/content/safe";

/** No heading is longer. */
const LONGEST = 200;

/** The first line that says something, without the marks of a heading in Markdown. */
const firstLine = (text: string): string => {
  const first = plain(text).split("\n").find((one) => one.trim() !== "") ?? "";
  return first.trim().replace(/^#{1,6}\s+/, "");
};

export function heading(text: string): string {
  const letters = [...firstLine(text)];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("").trimEnd()}…` : letters.join("");
}

/** Whether the text says more than its heading. */
export const saysMore = (text: string): boolean => heading(text) !== plain(text).trim().replace(/^#{1,6}\s+/, "");
