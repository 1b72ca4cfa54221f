// Reads the rules of a tenant well enough to be shown: each table with its keys, as they are written. What decides is
// the server; what is not understood here is shown as the text that it is.

export interface Rule {
  name: string;
  action: string;
  severity: string;
  tools: readonly string[];
  /** The conditions, as they are written. */
  when: string;
  message: string;
  enabled: boolean;
  locked: boolean;
  /** All other keys, as they are written. */
  more: readonly (readonly [key: string, value: string])[];
}

const opens = (text: string): number => {
  let depth = 0;
  let quote = "";
  for (let place = 0; place < text.length; place += 1) {
    const letter = text.charAt(place);
    if (quote !== "") {
      if (letter === "\\" && quote === '"') place += 1;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "#") {
      const end = text.indexOf("\n", place);
      if (end < 0) break;
      place = end;
    } else if ("[{".includes(letter)) depth += 1;
    else if ("]}".includes(letter)) depth -= 1;
  }
  return depth;
};

const withoutComment = (line: string): string => {
  let quote = "";
  for (let place = 0; place < line.length; place += 1) {
    const letter = line.charAt(place);
    if (quote !== "") {
      if (letter === "\\" && quote === '"') place += 1;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "#") return line.slice(0, place).trimEnd();
  }
  return line.trimEnd();
};

/** A string as it is meant; anything else as it is written. */
const plain = (value: string): string => {
  if (/^'[^']*'$/.test(value)) return value.slice(1, -1);
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(value)) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value;
  }
};

const strings = (value: string): string[] => [...value.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map((found) => found[1] ?? found[2] ?? "");

function ruleOf(lines: readonly string[]): Rule {
  const keys = new Map<string, string>();
  for (let place = 0; place < lines.length; place += 1) {
    const found = /^\s*([\w.-]+)\s*=\s*(.*)$/.exec(withoutComment(lines[place] ?? ""));
    if (found === null) continue;
    const [, key = "", begin = ""] = found;
    let value = begin;
    // What is opened goes on until it is closed.
    while (opens(value) > 0 && place + 1 < lines.length) {
      place += 1;
      value += `\n${withoutComment(lines[place] ?? "")}`;
    }
    keys.set(key, value);
  }
  const take = (key: string) => {
    const value = keys.get(key) ?? "";
    keys.delete(key);
    return value;
  };
  return {
    name: plain(take("name")),
    action: plain(take("action")),
    severity: plain(take("severity")),
    tools: strings(take("tools")),
    when: take("when"),
    message: plain(take("message")),
    enabled: take("enabled") !== "false",
    locked: take("locked") === "true",
    more: [...keys],
  };
}

/** The rules of a file of rules. */
export function rulesOf(toml: string): Rule[] {
  const rules: string[][] = [];
  for (const line of toml.split("\n")) {
    if (/^\s*\[\[hook\.rule\]\]/.test(line)) rules.push([]);
    else rules.at(-1)?.push(line);
  }
  return rules.map(ruleOf);
}
