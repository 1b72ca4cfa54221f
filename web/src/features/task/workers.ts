import { useRead } from "@/api/query";
import { useMay } from "@/api/session";

export interface Worker {
  id: string;
  roles: string[];
  online: boolean;
}

function rolesOf(text: string | undefined): string[] {
  try {
    const roles: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
  } catch {
    return [];
  }
}

/** The registered workers, as far as the reader may see them: those that are there first. */
export function useWorkers(enabled = true): { workers: Worker[]; pending: boolean } {
  const mayRead = useMay("system:read");
  const found = useRead("system.get_state", {}, { enabled: mayRead && enabled, everyMs: 15_000 });
  const workers = (found.data?.instances ?? []).flatMap(({ id, roles, status }) => (id === undefined ? [] : [{ id, roles: rolesOf(roles), online: status === "ACTIVE" }]));
  return { workers, pending: found.isLoading };
}
