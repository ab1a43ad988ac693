import type { Cloud } from "../cloud/cloud.ts";
import type { Exchange } from "../cloud/gateway.ts";
import { erasedCheckouts } from "./forgotten.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { checkoutsIn } from "./rows.ts";

export const idempotent: Invariant = {
  id: "I-9",
  promise: "the same request under the same key is answered the same, and has its effect once",
  watch: (cloud) => ({
    atRest: (rest) => {
      if (rest !== "the end") return [];
      const erased = erasedCheckouts(cloud);
      const corrected = correctedCheckouts(cloud);
      return groups(cloud.history)
        .filter((same) => !same.some((each) => erased.has(sessionOf(each).id ?? "")))
        .flatMap((same) => differing(same, toldOf(corrected, erased)));
    },
  }),
};

/** However its requests die, and whether or not anybody hears of what they made. */
export const createdOnce: Invariant = {
  id: "I-9",
  promise: "a key makes one checkout",
  watch: () => {
    const made = new Map<string, string>();
    return {
      committed: (changes, served) =>
        checkoutsIn(changes).flatMap(({ before, after }) => {
          const key = served?.idempotencyKey;
          if (before || !after || key === undefined) return [];
          const first = made.get(key) ?? after.id;
          made.set(key, first);
          return when(first !== after.id, `${key} made ${first} and ${after.id}`);
        }),
    };
  },
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
export const sessionOf = ({ response }: Exchange): Session => (response?.body ?? {}) as Session;

/** A completion that goes on, or a refund of which nobody knows yet, is no answer: the same request asks again. */
export const isDone = (exchange: Exchange): boolean => {
  const status = exchange.response?.status ?? 0;
  return status >= 200 && status < 300 && !unknown.includes(sessionOf(exchange).status);
};

const unknown: readonly (string | undefined)[] = ["complete_in_progress", "requested"];

/** Whose buyer's address was put right: wherever it is told from then on, it is the right one. */
const correctedCheckouts = ({ table }: Pick<Cloud, "table">): ReadonlySet<string> =>
  new Set(
    [...table.lookAll("outbox")]
      .filter(({ type }) => type === "customer.updated")
      .map(({ subject }) => String(subject).replace("ord_", "chk_")),
  );

/** Of an order whose buyer was erased meanwhile, parcels' numbers are told no more. */
const toldOf =
  (corrected: ReadonlySet<string>, erased: ReadonlySet<string>) =>
  (exchange: Exchange): unknown => {
    const told = (exchange.response?.body ?? {}) as Session & { buyer?: unknown };
    if (erased.has(checkoutIn(exchange.path))) return JSON.parse(JSON.stringify(told, untracked));
    return corrected.has(told.id ?? "") ? { ...told, buyer: undefined } : told;
  };

const checkoutIn = (path: string): string => `chk_${/\/ord_([^/]+)/.exec(path)?.[1]}`;
const untracked = (name: string, value: unknown): unknown => (name === "tracking" ? undefined : value);

/** Requests with one key: one body, one answer, one thing made. */
const differing = (same: readonly Exchange[], told: (exchange: Exchange) => unknown): Problems => {
  const variants = (of: (exchange: Exchange) => unknown) =>
    new Set(same.map((each) => JSON.stringify(of(each))));
  const where = `${same[0]?.path} ${same[0]?.idempotencyKey}`;
  const answers = variants(told);
  return [
    ...when(variants(({ body }) => body).size > 1, `${where} was answered for two different bodies`),
    ...when(variants((each) => sessionOf(each).id).size > 1, `${where} made two things`),
    ...when(answers.size > 1, `${where} was answered in ${answers.size} ways: ${[...answers].join(" OR ")}`),
    ...when(variants(({ response }) => response?.status).size > 1, `${where} was answered with two statuses`),
  ];
};
