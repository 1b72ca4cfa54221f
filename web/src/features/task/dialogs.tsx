// What is asked before a task is changed.

import type { ReactNode } from "react";

import type { Action } from "./allowed";
import { AskAssign, AskDelete, AskPriority, AskText } from "./ask-change";
import { AskCancel, AskComplete, AskFail, AskRetry } from "./ask-end";
import type { AskProps } from "./form";

const ASKS: Partial<Record<Action, (props: AskProps) => ReactNode>> = {
  assign: AskAssign,
  edit: AskText,
  priority: AskPriority,
  cancel: AskCancel,
  retry: AskRetry,
  delete: AskDelete,
  complete: AskComplete,
  fail: AskFail,
};

/** The dialog of an action. */
export function Ask({ action, ...rest }: AskProps & { action: Action }) {
  const One = ASKS[action];
  return One === undefined ? null : <One {...rest} />;
}
