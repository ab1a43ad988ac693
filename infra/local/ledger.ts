import type { JsonObject } from "./aws.ts";

/** `body`: what was asked, where the call came over the wire. */
export type LedgerCall = {
  readonly service: string;
  readonly action: string;
  readonly by: string;
  readonly body?: JsonObject;
};

/** Sees each call begin; what it returns is called once the call is answered. */
export type Witness = (call: LedgerCall) => () => void;

/** Counts calls by who made them, of which service and action: what the bench prices. */
export type Ledger = {
  /** The caller may tell the call's end by what this returns. */
  count(call: LedgerCall): () => void;
  /** `dynamodb TransactWriteItems payment/authorize-payment` → calls since the start or the last `reset`. */
  read(): Readonly<Record<string, number>>;
  reset(): void;
  /** Shows every call from now on, until what it returns is called. */
  watch(witness: Witness): () => void;
};

export const openLedger = (): Ledger => {
  const counts = new Map<string, number>();
  const witnesses = new Set<Witness>();
  return {
    count: (call) => {
      const key = `${call.service} ${call.action} ${call.by}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const ends = [...witnesses].map((witness) => witness(call));
      return () => {
        for (const end of ends) end();
      };
    },
    read: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
    watch: (witness) => {
      witnesses.add(witness);
      return () => witnesses.delete(witness);
    },
  };
};
