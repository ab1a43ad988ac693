import { afterAll, beforeAll, expect, it } from "vitest";
import { sharedAssembly } from "#test/journey/share-assembly.ts";
import { budget, measureCalls } from "./calls-per-order.ts";
import { measureSerialPath, type SerialPath, type Step, serialPathIn } from "./serial-path.ts";
import { openStand, type Stand } from "./stand.ts";

let stand: Stand;
let path: SerialPath;

beforeAll(async () => {
  stand = await openStand(await sharedAssembly());
  path = await measureSerialPath(stand, 2);
});
afterAll(() => stand.stop());

const isCommit = ({ what }: Step): boolean => /^(Put|Update|Delete|TransactWrite)/.test(what);

it("completes with two transactions, and nothing else written but what counts", () => {
  expect(path.steps.filter(isCommit).map(({ by, what }) => `${by}: ${what}`)).toEqual([
    "access/authorize: UpdateItem access counter",
    "catalog/reserve-stock: UpdateItem access counter",
    "catalog/reserve-stock: UpdateItem access counter",
    "catalog/reserve-stock: UpdateItem access counter",
    "catalog/reserve-stock: TransactWriteItems commerce checkout, commerce stock, commerce payment, commerce idempotency",
    "order/place-order: TransactWriteItems commerce checkout, commerce order, commerce payment, commerce idempotency, outbox event",
  ]);
});

it("calls Stripe once before the answer", () => {
  expect(path.steps.filter(({ service }) => service === "stripe").map(({ what }) => what)).toEqual([
    "POST /v1/payment_intents",
  ]);
});

it("asks neither KMS nor Secrets Manager once its functions are warm", () => {
  expect(path.steps.filter(({ service }) => !["dynamodb", "stripe"].includes(service))).toEqual([]);
});

it("goes through the authorizer, the façade, one execution and its three steps", () => {
  expect(path.hops).toEqual([
    "Invoke access/authorize",
    "Invoke acp/acp",
    "StartSyncExecution",
    "Invoke catalog/reserve-stock",
    "Invoke payment/authorize-payment",
    "Invoke order/place-order",
  ]);
});

it("costs no more calls and money an order, all its way to the last webhook, than is written down", async () => {
  const { callsPerOrder, dollars } = await measureCalls(stand);
  const most: Readonly<Record<string, number>> = budget.callsPerOrder;
  const above = Object.entries(callsPerOrder).filter(([service, calls]) => calls > (most[service] ?? 0));
  expect(above).toEqual([]);
  expect(dollars).toBeLessThanOrEqual(budget.dollarsPerMillionOrders);
  // Nothing was measured is no thrift.
  expect(callsPerOrder["dynamodb"]).toBeGreaterThan(60);
});

it("lets calls that overlapped in one run wait for the same call, not for each other", () => {
  const call = (what: string, from: number, to: number) => ({
    by: "a/b",
    service: "dynamodb",
    what,
    from,
    to,
  });
  const apart = [call("first", 0, 1), call("left", 2, 3), call("right", 4, 5), call("last", 6, 7)];
  const together = [call("first", 0, 1), call("left", 2, 4), call("right", 3, 5), call("last", 6, 7)];
  expect(serialPathIn([apart]).length).toBe(4);
  const { length, steps } = serialPathIn([apart, together]);
  expect([length, ...steps.map(({ place }) => place)]).toEqual([3, 1, 2, 2, 3]);
});
