import { type Act, brakeAct } from "#functions/velocity/brake-act.ts";
import { countOnce } from "#functions/velocity/velocity.store.ts";
import { brakes, counterOf, type Limits, type Subjects } from "#functions/velocity/velocity.ts";
import { principalId, storeId } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

/** Ids of a kind, by a number or a letter. */
export const nth = <Kind extends string>(kind: Kind, number: number): `${Kind}_${string}` =>
  `${kind}_${String(number).padStart(26, "0")}`;

/** The rules as they are deployed, over tables in memory. */
export const velocityWorld = (limits?: Limits) => {
  const on = memoryPlatform({ now: Date.UTC(2026, 10, 23) });
  const brake = brakeAct({ ...on, limitFactor: 1 });
  const whose = (subjects: Partial<Subjects>): Subjects => ({ storeId, principalId, ...subjects });
  const act = (id: string, subjects: Partial<Subjects>): Act => ({
    id,
    subjects: whose(subjects),
    limits,
    livemode: false,
    about: { checkoutId: nth("chk", 1) },
  });
  return {
    on,
    /** The rule that forbids it. */
    buy: async (id: string, subjects: Partial<Subjects> = {}, amount = 0, currency = "eur") =>
      (await brake("purchase", { ...act(id, subjects), comesTo: { amount, currency } }))?.rule,
    refund: async (id: string, subjects: Partial<Subjects> = {}) =>
      (await brake("refund", act(id, subjects)))?.rule,
    addDomain: async (domain: string, subjects: Partial<Subjects> = {}) =>
      (await brake("domain", { ...act(domain, subjects), about: { domain } }))?.rule,
    decline: async (id: string, subjects: Partial<Subjects> = {}) => {
      for (const rule of brakes.purchase.looksAt) {
        const counter = counterOf(rule, whose(subjects));
        if (counter) await countOnce(on.table, counter, { id, now: on.now() });
      }
    },
    events: () => on.table.rows("outbox"),
    counters: () => on.table.rows("access").filter(({ sk }) => sk.startsWith("counter#")),
  };
};
