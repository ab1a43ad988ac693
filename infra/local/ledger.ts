/** Counts calls by who made them, of which service and action: what the bench prices. */
export type Ledger = {
  count(call: { service: string; action: string; by: string }): void;
  /** `dynamodb TransactWriteItems payment/authorize-payment` → calls since the start or the last `reset`. */
  read(): Readonly<Record<string, number>>;
  reset(): void;
};

export const openLedger = (): Ledger => {
  const counts = new Map<string, number>();
  return {
    count: ({ service, action, by }) => {
      const key = `${service} ${action} ${by}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    read: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  };
};
