// What agents wrote, made fit to be shown: nothing of it is run, loaded from elsewhere, or able to look like
// something else.

// Colours and cursor movements of terminals: they say nothing on a page.
const TERMINAL = /\u001b\[[0-9;:?<=>]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]{0,4000}(?:\u0007|\u001b\\)/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** They turn the text after them around, so that it reads as something else. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
/** Letters that nobody sees, and that a model reads. */
const UNSEEN = /[\u{e0000}-\u{e007f}]+/gu;

const picture = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
};

/** A text in which all that could hide something is visible. */
export function plain(text: string): string {
  return text
    .replace(TERMINAL, "")
    .replaceAll("\r\n", "\n")
    .replace(CONTROL, picture)
    .replace(TURNING, (character) => `⟦U+${character.charCodeAt(0).toString(16).toUpperCase()}⟧`)
    .replace(UNSEEN, (hidden) => `⟦${[...hidden].length} hidden characters⟧`);
}

/** As {@link plain}, in one line and no longer than that. */
export function line(text: string, most = 300): string {
  const short = text.length > most ? `${text.slice(0, most)}…` : text;
  return plain(short).replace(/\s+/g, " ").trim();
}

/** Where a link may lead: another page of the web, without a name or password in it. Anything else is no link. */
export function webLink(url: unknown): string | undefined {
  if (typeof url !== "string" || url.length > 8_000) return undefined;
  let to: URL;
  try {
    to = new URL(url.trim());
  } catch {
    return undefined;
  }
  const web = to.protocol === "https:" || to.protocol === "http:";
  return web && to.username === "" && to.password === "" && to.hostname !== "" ? to.href : undefined;
}

/** Kinds of images in which there is nothing but an image. */
const IMAGE = /^image\/(?:png|jpeg|gif|webp)$/i;
const LARGEST_IMAGE = 12_000_000;

export const isImageType = (type: string): boolean => IMAGE.test(type.trim());

/** An image that is all there, as a source; nothing is loaded for it. */
export function imageSource(url: unknown): string | undefined {
  if (typeof url !== "string" || url.length > LARGEST_IMAGE) return undefined;
  const comma = url.indexOf(",");
  const head = /^data:([a-z]+\/[a-z]+);base64$/i.exec(url.slice(0, Math.max(comma, 0)));
  return head?.[1] === undefined ? undefined : imageOf(head[1], url.slice(comma + 1));
}

/** An image of base64 text. */
export function imageOf(type: string, base64: string): string | undefined {
  if (!isImageType(type) || base64.length > LARGEST_IMAGE) return undefined;
  const packed = base64.replace(/\s+/g, "");
  return packed !== "" && /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? `data:${type.trim().toLowerCase()};base64,${packed}` : undefined;
}

/** JSON as text, or why there is none. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2) ?? "";
  } catch {
    return "This is nested too deeply to be written as text.";
  }
}
