import type { LedgerCall } from "#infra/local/ledger.ts";
import { calmFirstAttempts } from "#test/simulation/calm.ts";
import { errandOf, send, startBuyers, warmUp } from "./levels.ts";
import { quantiles } from "./quantiles.ts";
import type { Stand } from "./stand.ts";

/** How soon after its event's commit a webhook is first tried, in milliseconds, each a p99. */
export type FirstAttempt = {
  readonly webhooks: number;
  /** In the simulator, where AWS takes its time and code takes none. */
  readonly simulated: number;
  /** Of each function on the way: an invocation without what it waited for, but with what its receiver took. */
  readonly code: Readonly<Record<string, number>>;
  readonly together: number;
};

/** What is promised where nothing fails. */
export const soonest = 1_000;

const onTheWay = ["outbox/publish-events", "webhook/fan-out-event", "webhook/deliver-webhook"];
const schedules = 100;

export const measureFirstAttempt = async (stand: Stand, orders: number): Promise<FirstAttempt> => {
  const calm = await calmFirstAttempts(1, schedules);
  const simulated = quantiles(calm).p99;
  const spans = await spansOf(stand, orders);
  const code = Object.fromEntries(onTheWay.map((name) => [name, quantiles(codeTimes(spans, name)).p99]));
  const together = Object.values(code).reduce((sum, each) => sum + each, simulated);
  return { webhooks: calm.length, simulated, code, together };
};

export type Span = Pick<LedgerCall, "by" | "service" | "action"> & {
  readonly from: number;
  readonly to: number;
};

/** By one buyer: what else runs at the same time would be counted as code. */
const spansOf = async (stand: Stand, orders: number): Promise<readonly Span[]> => {
  const spans: Span[] = [];
  const buyers = await startBuyers(stand);
  await send(buyers, await errandOf(stand, { buyers: 1, orders: warmUp }));
  await stand.settled();
  const errand = await errandOf(stand, { buyers: 1, orders });
  const stop = stand.cloud.ledger.watch(({ by, service, action }) => {
    const from = performance.now();
    return () => spans.push({ by, service, action, from, to: performance.now() });
  });
  try {
    await send(buyers, errand);
    await stand.settled();
    return spans;
  } finally {
    stop();
    await buyers.terminate();
  }
};

/** Of each invocation that had the function for itself: another one's calls can't be told from its own. */
export const codeTimes = (spans: readonly Span[], name: string): number[] => {
  const runs = spans.filter(({ action }) => action === `Invoke:${name}`);
  const calls = spans.filter(({ by }) => by === name);
  const isAlone = (run: Span) =>
    runs.every((each) => each === run || each.to < run.from || run.to < each.from);
  return runs.filter(isAlone).map((run) => run.to - run.from - waitedIn(run, calls));
};

/** Calls overlap: whoever waits for two at once waits once. */
const waitedIn = (run: Span, calls: readonly Span[]): number => {
  const within = calls.filter(({ from, to }) => run.from <= from && to <= run.to);
  let [waited, until] = [0, run.from];
  for (const { from, to } of within.toSorted((left, right) => left.from - right.from)) {
    waited += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return waited;
};
