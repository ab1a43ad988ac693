import type { Done } from "../ops-answer.ts";
import type { Call, Plan, StepName } from "./calls.ts";

/** What runs a restore: AWS, or the embedded cloud, which speaks the same. */
export type Restoring = {
  /** Repeating a call that was made is no mistake. */
  readonly send: (call: Call) => Promise<void>;
  /** `undefined`: there is no such table. */
  readonly stateOf: (table: string) => Promise<string | undefined>;
  /** Has the function do its part until it is done; a refusal is thrown. */
  readonly ask: (call: Call, more?: object) => Promise<Done & { readonly count?: number }>;
  readonly say: (line: string) => void;
  readonly nap: (seconds: number) => Promise<void>;
};

/** Seconds. `underWay`: longer than a purchase that began before the doors closed. */
const naps = { underWay: 60, look: 20 } as const;

/**
 * Step by step. One that was interrupted is begun again from the top: what was closed stays closed, copies that are there
 * are taken as they are, rows go on where they were, and the rest changes nothing twice.
 */
export const restore = async (on: Restoring, plan: Plan): Promise<Partial<Record<StepName, unknown>>> => {
  const found: Partial<Record<StepName, unknown>> = {};
  for (const name of Object.keys(plan) as StepName[]) {
    on.say(name);
    found[name] = await how[name]({ ...on, found }, plan[name]);
  }
  return found;
};

type On = Restoring & { readonly found: Readonly<Partial<Record<StepName, unknown>>> };
type How = (on: On, calls: readonly Call[]) => Promise<unknown>;

const sendAll: How = async (on, calls) => {
  for (const each of calls) await on.send(each);
  return calls.length;
};

const askAll =
  (more: (on: On) => object = () => ({})): How =>
  async (on, calls) => {
    let answer: Done = {};
    for (const each of calls) answer = await on.ask(each, more(on));
    return answer;
  };

/** Begun where they are missing and waited for: an account makes some at a time, the rest are asked for again. */
const copies: How = async (on, calls) => {
  let there = 0;
  for (const each of calls) {
    const state = await on.stateOf(String(each.input["TargetTableName"]));
    if (state === undefined) await on.send(each);
    if (state === "ACTIVE") there += 1;
  }
  if (there === calls.length) return there;
  on.say(`${there} of ${calls.length} copies are there`);
  await on.nap(naps.look);
  return copies(on, calls);
};

const audited: How = async (on, calls) => {
  const { problems = [] } = (await askAll()(on, calls)) as Done;
  return problems.length === 0 ? "whole" : "broken";
};

const published: How = async (on, [call]) => {
  const { count = 0 } = call ? await on.ask(call) : {};
  return count === 0 ? 0 : count + Number(await published(on, call ? [call] : []));
};

/** Healing one thing may show another. */
const rounds = 5;

const reconciled = async (on: On, calls: readonly Call[], round = 1): Promise<unknown> => {
  const answer = (await askAll()(on, calls)) as Done & { readonly healed?: readonly object[] };
  const isOver = (answer.healed ?? []).length === 0 || round === rounds;
  return isOver ? answer : reconciled(on, calls, round + 1);
};

const how: Readonly<Record<StepName, How>> = {
  close: async (on, calls) => {
    await sendAll(on, calls);
    await on.nap(naps.underWay);
  },
  copy: copies,
  records: askAll(),
  audit: audited,
  rows: askAll(({ found }) => ({ audit: found.audit })),
  outbox: published,
  reconcile: (on, calls) => reconciled(on, calls),
  open: sendAll,
  drop: sendAll,
};
