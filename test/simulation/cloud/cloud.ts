import type { Peppers } from "#functions/access/pepper.ts";
import { memoryTable, type RowChange } from "#functions/runtime/memory-table.ts";
import type { Row, TableName } from "#functions/runtime/table.ts";
import { render, type StateMachineDefinition } from "#functions/runtime/workflow.ts";
import { aRing } from "../../fakes/envelope.ts";
import { type FakeStripe, fakeStripe } from "../../fakes/stripe.ts";
import { count } from "../engine/faults.ts";
import type { World } from "../engine/process.ts";
import { storeKeyFor } from "./clients.ts";
import { outboxStream, queues, workflows } from "./deployment.ts";
import { createEventBus } from "./event-bus.ts";
import { createGateway, type Exchange, type Send } from "./gateway.ts";
import { createLambda, type Lambda } from "./lambda.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createReceivers, type Receivers } from "./receivers.ts";
import { startSchedules } from "./schedules.ts";
import type { Services } from "./services.ts";
import { openShops, type Shop } from "./shop.ts";
import { execute } from "./state-machine.ts";
import { createStream } from "./stream.ts";
import { startStripeEvents } from "./stripe-events.ts";
import { within } from "./within.ts";

/** The whole service on its embedded surroundings, as the actors and the invariants see it. */
export type Cloud = {
  readonly world: World;
  readonly table: Services["table"];
  readonly stripe: FakeStripe;
  readonly lambda: Lambda;
  readonly send: Send;
  readonly history: readonly Exchange[];
  readonly receivers: Receivers;
  readonly shops: readonly [Shop, Shop];
  readonly deadLetters: { readonly queue: string; readonly body: unknown }[];
  readonly queues: Readonly<Record<string, Queue>>;
  readonly alarms: ReadonlyMap<string, number>;
  readonly peppers: { text: string };
  /** Nobody hears of Stripe until then. */
  stripeAwayUntil: number;
  /** Authorizations that somebody let go in the dashboard. */
  readonly letGoByHand: Set<string>;
  /** When what is for sale, or who sells it, was last changed. */
  readonly catalogAt: number;
  /** Something happened at Stripe that nobody here asked for. */
  stripeMoved(): void;
  /** By key: the step in which its revocation was asked for, and that in which it was confirmed. */
  readonly revoking: Map<string, number>;
  readonly revocations: Map<string, number>;
  /** By store: the step in which the kill switch had done its work. */
  readonly tokensKilled: Map<string, number>;
  /** TXT records that somebody published, by name. */
  readonly records: Map<string, readonly string[]>;
  /** Charges that began: for which store, in which step. */
  readonly charges: { readonly storeId: string; readonly step: number }[];
  /** Tells of every key that a process touches on behalf of a store. */
  touching(listener: (storeId: string, where: string) => void): void;
};

export type Watch = {
  readonly rowsChanged: (changes: readonly RowChange[]) => void;
  readonly stripeChanged: () => void;
};

type Options = {
  readonly watch: Watch;
  readonly sealing: Services["sealing"];
  readonly limitFactor?: number;
  /** Other functions than the real ones: what calls them can be looked at alone. */
  readonly functions?: typeof createLambda;
};

export const createCloud = async (
  world: World,
  { watch, sealing, limitFactor = 1, functions = createLambda }: Options,
): Promise<Cloud> => {
  const { scheduler } = world;
  const alarms = new Map<string, number>();
  const history: Exchange[] = [];
  const deadLetters: Cloud["deadLetters"] = [];
  const receivers = createReceivers({
    sites: () => shops.flatMap(({ own, feed }) => [own ?? [], feed ?? []].flat()),
    sleep: scheduler.sleep,
  });
  const stripe = fakeStripe(scheduler.now);
  const peppers = { text: "a-pepper-of-at-least-32-characters-1" };
  const index = recentChanges(world);
  let catalogAt = scheduler.now();
  let touched = (_storeId: string, _where: string): void => undefined;
  let startEvents = (): void => undefined;
  let stream = (_: readonly RowChange[]): void => undefined;
  const table = memoryTable((changes) => {
    index.note(changes);
    if (changes.some(isCatalogs)) catalogAt = scheduler.now();
    watch.rowsChanged(changes);
    stream(changes);
  });
  const seal = sealing({
    table,
    random: world.random.bytes,
    storeKeyOf: async (id) => aRing(storeKeyFor(id)),
  });
  const shops = await openShops({
    table,
    random: world.random,
    clock: scheduler.now,
    peppers: { current: "1", byVersion: { "1": peppers.text } } satisfies Peppers,
    seal: seal.seal,
  });
  const lambda = functions(world, () => services);
  const queueOf = (name: string): Queue => {
    const settings = queues[name];
    if (!settings) throw new Error(`there is no queue ${name}`);
    const bury = (body: unknown) => void deadLetters.push({ queue: name, body });
    return createQueue(world, {
      ...settings,
      name,
      bury,
      invoke: (event) => lambda.invoke(settings.reader, event),
    });
  };
  const made = Object.fromEntries(Object.keys(queues).map((name) => [name, queueOf(name)]));
  const startRun = machines(world, lambda);
  const put = createEventBus(world, {
    feed: (event) => made["fan-out"]?.send(event),
    start: (workflow, input) => void startRun(workflow, input),
  });
  const cloud: Cloud = {
    world,
    table,
    stripe,
    lambda,
    send: createGateway(world, lambda.invoke, history),
    history,
    receivers,
    shops,
    deadLetters,
    queues: made,
    alarms,
    peppers,
    stripeAwayUntil: 0,
    letGoByHand: new Set(),
    stripeMoved: () => services.stripeCalled(),
    revoking: new Map(),
    revocations: new Map(),
    tokensKilled: new Map(),
    charges: [],
    get catalogAt() {
      return catalogAt;
    },
    records: new Map(),
    touching: (listener) => {
      touched = listener;
    },
  };
  const services: Services = {
    table,
    limitFactor,
    stale: (name, query) => index.stale(table.lookAt(name, query), name),
    stripe,
    charging: (storeId) => void cloud.charges.push({ storeId, step: scheduler.steps() }),
    stripeIsAway: () => !world.fates.isCalm && cloud.stripeAwayUntil > scheduler.now(),
    stripeCalled: () => {
      watch.stripeChanged();
      startEvents();
    },
    touched: (storeId, where) => touched(storeId, where),
    secret: () => peppers.text,
    sealing,
    put,
    send: (queueUrl, messages) => {
      for (const { body, delaySeconds } of messages) made[queueUrl]?.send(body, delaySeconds);
    },
    startRun,
    records: (name) => cloud.records.get(name) ?? [],
    dial: (request) => receivers.receive(request, scheduler.now()),
    putOnBus: (busArn, event) => receivers.put(busArn, event, scheduler.now()),
    spoken: receivers.spoken,
    counted: (name) => void alarms.set(name, (alarms.get(name) ?? 0) + 1),
  };
  stream = createStream(world, {
    invoke: (event) => lambda.invoke(outboxStream.reader, event),
    bury: (body) => void deadLetters.push({ queue: "undelivered", body }),
  });
  const mayLose = startSchedules(world, {
    table,
    invoke: lambda.invoke,
    changedAt: () => Math.max(catalogAt, ...shops.map(({ woo }) => woo?.changedAt() ?? 0)),
  });
  startEvents = startStripeEvents(world, { stripe, send: cloud.send, mayLose });
  return cloud;
};

const isCatalogs = ({ key }: RowChange): boolean =>
  key.pk.endsWith("#products") || key.sk === "stock" || key.sk === "store";

/** The machines that `render` makes of the workflows, each run on virtual time. */
const machines = (world: World, lambda: Lambda): Services["startRun"] => {
  const definitions = new Map<string, StateMachineDefinition>(
    workflows.map((workflow) => [workflow.name, render(workflow, (handler) => handler)]),
  );
  return async (name, input) => {
    const definition = definitions.get(name);
    if (!definition) throw new Error(`there is no workflow ${name}`);
    return execute(definition, input, {
      invoke: lambda.invoke,
      sleep: world.scheduler.sleep,
      within: (milliseconds, work) => within(world.scheduler, milliseconds, work),
      timedOut: (what) => {
        if (!world.fates.isCalm) count(world.counts, `${what} timed out`);
      },
    });
  };
};

/** How far behind an index may be. */
const lag = 5_000;

/** What an index may not know yet: rows as they were before what changed in the last seconds. */
const recentChanges = (world: World) => {
  const recent: (RowChange & { at: number })[] = [];
  return {
    note: (changes: readonly RowChange[]) => {
      const now = world.scheduler.now();
      while (recent[0] && recent[0].at < now - lag) recent.shift();
      recent.push(...changes.map((change) => ({ ...change, at: now })));
    },
    stale: (rows: readonly Row[], table: TableName): Row[] => {
      const since = world.scheduler.now() - world.random.below(lag);
      const unseen = recent.filter((change) => change.table === table && change.at >= since);
      const before = new Map<string, Row | undefined>();
      for (const change of unseen) {
        const id = `${change.key.pk} ${change.key.sk}`;
        if (!before.has(id)) before.set(id, change.before);
      }
      return [
        ...rows.filter(({ pk, sk }) => !before.has(`${pk} ${sk}`)),
        ...[...before.values()].filter((row) => row !== undefined),
      ];
    },
  };
};
