/** Where a link of the documentation leads: to another page of it, elsewhere, or nowhere. */
export function guideLink(href: string, path: string): { page: string } | { out: string } | undefined {
  if (/^https?:\/\//.test(href)) return { out: href };
  const file = href.split("#")[0] ?? "";
  if (!file.endsWith(".md") || file.startsWith("/") || /^[a-z]+:/i.test(file)) return undefined;
  const parts = path.split("/").slice(0, -1);
  for (const part of file.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts[0] === "docs" ? { page: parts.slice(1).join("/").replace(/\.md$/, "") } : undefined;
}
