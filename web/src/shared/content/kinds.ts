// How an attachment is shown: by what it says that it is, and what it looks like.

import type { Attachment } from "@/api/types";

import { isDiff } from "./diff";
import { imageOf, imageSource, isImageType } from "./safe";

export type Shown =
  | { as: "markdown" | "diff" | "text"; text: string }
  | { as: "json"; value: unknown }
  | { as: "image"; source: string }
  | { as: "url"; url: string }
  | { as: "nothing" };

/** What is longer is not read as JSON on the page. */
const LONGEST_JSON = 5_000_000;

export type Parts = Pick<Attachment, "key" | "type"> & Partial<Pick<Attachment, "content" | "mimeType" | "url" | "value">>;

function parsed(text: string): { value: unknown } | undefined {
  if (text.length > LONGEST_JSON) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function textAs(key: string, mime: string, text: string): Shown {
  const name = key.toLowerCase();
  if (isImageType(mime)) {
    const source = imageOf(mime, text) ?? imageSource(text);
    if (source !== undefined) return { as: "image", source };
  }
  if (text.startsWith("data:image/")) {
    const source = imageSource(text.trim());
    if (source !== undefined) return { as: "image", source };
  }
  if (/diff|patch/.test(mime) || /\.(diff|patch)$/.test(name) || isDiff(text)) return { as: "diff", text };
  if (mime.includes("json") || name.endsWith(".json")) {
    const json = parsed(text);
    if (json !== undefined) return { as: "json", value: json.value };
  }
  if (mime.includes("markdown") || /\.(md|markdown)$/.test(name)) return { as: "markdown", text };
  return { as: "text", text };
}

export function shownAs({ key, type, content, mimeType, url, value }: Parts): Shown {
  const mime = (mimeType ?? "").toLowerCase();
  if (type === "json") return typeof value === "string" ? textAs(key, mime, value) : { as: "json", value: value ?? null };
  if (type === "markdown" && content != null) return isDiff(content) && /\.(diff|patch)$/i.test(key) ? { as: "diff", text: content } : { as: "markdown", text: content };
  if (type === "text" && content != null) return textAs(key, mime, content);
  if (url != null && url !== "") {
    const source = imageSource(url);
    return source === undefined ? { as: "url", url } : { as: "image", source };
  }
  if (content != null) return textAs(key, mime, content);
  return value === undefined || value === null ? { as: "nothing" } : { as: "json", value };
}
