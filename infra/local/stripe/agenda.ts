import type { Kind, Records } from "./objects.ts";

/** What happens by itself, and when: seconds. */
export type Due = { readonly kind: DueKind; readonly id: string; readonly at: number };
export type DueKind = keyof typeof dueAt;

const dueAt = {
  intent: ({ status, charge }: Records["intent"]) =>
    status === "requires_capture" ? charge?.captureBefore : undefined,
  refund: ({ next }: Records["refund"]) => next?.at,
  dispute: ({ next }: Records["dispute"]) => next?.at,
  token: ({ deactivated, expiresAt }: Records["token"]) => (deactivated ? undefined : expiresAt),
} satisfies { [K in Kind]?: (record: Records[K]) => number | undefined };

export type Agenda = {
  note<K extends Kind>(kind: K, record: Records[K]): void;
  /** The earliest of all, the first noted among equals. */
  first(): Due | undefined;
};

/** Which objects wait for the clock; derived from them, so nothing of it is kept. */
export const createAgenda = (): Agenda => {
  const waiting = new Map<string, Due>();
  return {
    note: (kind, record) => {
      if (!(kind in dueAt)) return;
      const due = dueAt[kind as DueKind] as (of: typeof record) => number | undefined;
      const at = due(record);
      if (at === undefined) waiting.delete(record.id);
      else waiting.set(record.id, { kind: kind as DueKind, id: record.id, at });
    },
    first: () => {
      let first: Due | undefined;
      for (const due of waiting.values()) if (!first || due.at < first.at) first = due;
      return first;
    },
  };
};
