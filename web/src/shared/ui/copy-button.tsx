import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { Button } from "./button";
import { toast } from "./toast";

/** Copies a text, and says so in its own place. */
export function CopyButton({ text, label = "Copy", bare = false }: { text: () => string; label?: string; bare?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
      setTimeout(() => setCopied(false), 1_500);
    } catch (error) {
      toast.failed("Not copied", error);
    }
  };
  return (
    <Button size="small" look="quiet" onClick={() => void copy()} aria-label={copied ? "Copied" : label}>
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      {!bare && (copied ? "Copied" : "Copy")}
    </Button>
  );
}
