import { scopesOf } from "#functions/access/role.ts";
import type { Role, Scope } from "#functions/values/scope.ts";
import { createCloud } from "#test/simulation/cloud/cloud.ts";
import type { Request, Response } from "#test/simulation/cloud/gateway.ts";
import { createLambda, type Lambda } from "#test/simulation/cloud/lambda.ts";
import { countingSealing } from "#test/simulation/cloud/sealing.ts";
import type { Shop } from "#test/simulation/cloud/shop.ts";
import { withVirtualTimers } from "#test/simulation/cloud/timers.ts";
import { deadlyFates } from "#test/simulation/engine/faults.ts";
import type { World } from "#test/simulation/engine/process.ts";
import { seededRandom } from "#test/simulation/engine/random.ts";
import { createScheduler } from "#test/simulation/engine/scheduler.ts";
import { acceptance } from "./things.ts";

const nothing = () => undefined;

/** All functions behind the real authorizer, on virtual time, and nothing fails: two stores that know nothing of each other. */
export const wholeService = async () => {
  const random = seededRandom(7);
  const scheduler = createScheduler({
    random,
    start: Date.UTC(2026, 10, 23, 12),
    trace: nothing,
    inOrder: true,
  });
  const fates = deadlyFates([]);
  fates.calm();
  const world: World = { random, scheduler, fates, counts: new Map(), trace: nothing };
  const held = new Set<string>();
  const cloud = await createCloud(world, {
    sealing: countingSealing,
    // One buyer does it all.
    limitFactor: 1_000,
    functions: (...given) => holding(createLambda(...given), held),
    watch: { rowsChanged: nothing, stripeChanged: nothing },
  });
  const settled = async <Value>(work: Promise<Value>): Promise<Value> => {
    let isDone = false;
    void work.finally(() => {
      isDone = true;
    });
    await scheduler.run({ done: () => isDone });
    return work;
  };
  let asked = 0;
  const call = async (request: Omit<Request, "idempotencyKey">): Promise<Response> => {
    asked += 1;
    const response = await settled(cloud.send({ ...request, idempotencyKey: `request-${asked}` }));
    if (!response) throw new Error(`${request.method} ${request.path} was not answered`);
    return response;
  };
  const issue = async (storeId: string, role: Role, scopes?: readonly Scope[]): Promise<string> => {
    const command = { command: "issue-key", storeId, role, principal: `${role} of the matrix`, scopes };
    const { payload } = (await settled(cloud.lambda.invoke("operator/operator", command))) as {
      payload: { done: { key: string } };
    };
    return payload.done.key;
  };
  return {
    cloud,
    call,
    /** The store's system does not answer for this order: it stays placed. */
    hold: (orderId: string) => void held.add(orderId),
    operate: (command: object) => settled(cloud.lambda.invoke("operator/operator", command)),
    /** Whoever runs the service gives a key of this role; whoever keeps copies of what it sees accepts what binds it. */
    keyOf: async (storeId: string, role: Exclude<Role, "support">, scopes?: readonly Scope[]) => {
      if (role === "fulfillment") {
        const by = await issue(storeId, role, ["agreements:write"]);
        await call({
          method: "POST",
          path: "/data_protection_statement/acceptances",
          by,
          body: acceptance,
        });
      }
      return issue(storeId, role, scopes);
    },
    /** An admin lets support in, for all that it may ever do. */
    supportOf: async ({ owner }: Shop): Promise<string> => {
      const wanted = {
        person: "Sam",
        reason: "the matrix",
        scopes: scopesOf.support,
        write: true,
        minutes: 480,
      };
      const { body } = await call({ method: "POST", path: "/support_grants", by: owner.text, body: wanted });
      return (body as { key: string }).key;
    },
    pass: (milliseconds: number) => scheduler.run({ time: scheduler.now() + milliseconds }),
    run: <Value>(work: () => Promise<Value>) => withVirtualTimers(scheduler, work),
  };
};
const holding = (lambda: Lambda, held: ReadonlySet<string>): Lambda => ({
  ...lambda,
  invoke: async (name, event) => {
    const { orderId } = (event ?? {}) as { orderId?: string };
    const isHeld = name === "fulfillment/submit-order" && orderId !== undefined && held.has(orderId);
    return isHeld ? { fault: "held" } : lambda.invoke(name, event);
  },
});
export type WholeService = Awaited<ReturnType<typeof wholeService>>;
