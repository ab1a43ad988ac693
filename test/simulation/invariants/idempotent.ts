import type { Exchange } from "../cloud/gateway.ts";
import type { Invariant } from "./invariant.ts";

export const idempotent: Invariant = {
  id: "I-9",
  promise: "the same request under the same key is answered the same, and has its effect once",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest !== "the end") return;
      for (const same of groups(cloud.history)) check(same, broken);
    },
  }),
};

/** Finished requests by who asked what under which key. */
const groups = (history: readonly Exchange[]): Exchange[][] => {
  const found = new Map<string, Exchange[]>();
  for (const exchange of history) {
    if (exchange.idempotencyKey === undefined || !isDone(exchange)) continue;
    const id = `${exchange.by} ${exchange.method} ${exchange.path} ${exchange.idempotencyKey}`;
    found.set(id, [...(found.get(id) ?? []), exchange]);
  }
  return [...found.values()];
};

type Session = { id?: string; status?: string };
const sessionOf = ({ response }: Exchange): Session => (response?.body ?? {}) as Session;

/** A completion that goes on, or waits for the buyer, is no answer yet. */
const isDone = (exchange: Exchange): boolean => {
  const status = exchange.response?.status ?? 0;
  return status >= 200 && status < 300 && sessionOf(exchange).status !== "complete_in_progress";
};

const check = (same: readonly Exchange[], broken: (what: string) => void): void => {
  const [first] = same;
  if (!first) return;
  const where = `${first.path} ${first.idempotencyKey}`;
  for (const other of same) {
    if (JSON.stringify(first.body) !== JSON.stringify(other.body))
      broken(`${where} was answered for two different bodies`);
    if (sessionOf(first).id !== sessionOf(other).id) broken(`${where} made two things`);
  }
  const answers = new Set(same.map(({ response }) => canonical(response?.body)));
  if (answers.size > 1) broken(`${where} was answered in ${answers.size} ways:\n${[...answers].join("\n")}`);
  const statuses = new Set(same.map(({ response }) => response?.status));
  if (statuses.size > 1) broken(`${where} was answered with ${[...statuses]}`);
};

const canonical = (body: unknown): string => JSON.stringify(body);
