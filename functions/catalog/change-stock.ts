import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, replayed, requestOf } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { distinct } from "#functions/values/distinct.ts";
import { ProductId, type StoreId } from "#functions/values/id.ts";
import { type RefusalCode, refusalCodes } from "#functions/values/refusal.ts";
import type { ProductStore } from "./product.store.ts";
import type { Offer } from "./product.ts";
import type { catalogRoutes } from "./routes.ts";
import { addStock, setStock } from "./stock.store.ts";

const most = 1_000_000_000;

const StockChange = z.union(
  [
    z.strictObject({
      productId: ProductId,
      /** Pieces that came, or are gone. */
      delta: z
        .int()
        .min(-most)
        .max(most)
        .refine((delta) => delta !== 0, { error: "must not be 0" }),
    }),
    z.strictObject({
      productId: ProductId,
      /** Pieces that are there, as in `PUT /products`; `null` is without limit. */
      onHand: z.int().nonnegative().max(most).nullable(),
      /** The version that was read: refused if anything was sold, returned or set since. */
      version: z.int().nonnegative().optional(),
    }),
  ],
  { error: "must name a product by productId, and delta or onHand" },
);
type StockChange = z.infer<typeof StockChange>;

export const StockChanges = z.strictObject({
  changes: z
    .array(StockChange)
    .min(1)
    .max(500)
    .check(distinct("productId", ({ productId }) => productId)),
});

const Reported = z.object({
  /** Which of the changes, from 0. */
  index: z.int(),
  productId: ProductId,
  outcome: z.enum(["changed", "refused"]),
  code: z.enum(refusalCodes).optional(),
  detail: z.string().optional(),
});
type Reported = z.infer<typeof Reported>;

export const StockReport = z.object({
  changed: z.int(),
  refused: z.int(),
  /** One a change, in its order. */
  changes: z.array(Reported),
});

type Changes = { products: Pick<ProductStore, "getMany">; table: Pick<Table, "get" | "commit">; now: Clock };
type Asked = Command<typeof catalogRoutes.changeStock>;

/** A write each, one for the record and one for the answer fit one transaction of 100; smaller ones race less. */
const atOnce = 40;

/**
 * Each is done or refused by itself, and the report says which. So many at once are one transaction with their part of
 * the report, under a key derived from the request's: sent again, the request goes on where it was cut off, and
 * adds nothing twice.
 */
export const changeStock =
  (on: Changes): Operation<typeof catalogRoutes.changeStock> =>
  async (command) => {
    const parts: Answer[] = [];
    for (let start = 0; start < command.body.changes.length; start += atOnce)
      parts.push(await changePart(on, command, start));
    const changes = parts.flatMap(({ body }) => z.array(Reported).parse(body));
    const changed = changes.filter(({ outcome }) => outcome === "changed").length;
    const answer = { status: 200, body: { changed, refused: changes.length - changed, changes } };
    return parts.every(({ headers }) => headers?.["idempotent-replayed"]) ? replayed(answer) : answer;
  };

const changePart = (on: Changes, command: Asked, start: number): Promise<Answer> => {
  const { caller, body, request } = command;
  const changes = body.changes.slice(start, start + atOnce);
  const idempotency = partOf(requestOf(request), start);
  return answerOnce(on, { ...request, idempotency }, async (part) => {
    const offers = await on.products.getMany(
      caller.storeId,
      changes.map(({ productId }) => productId),
    );
    const judged = changes.map((change) => judge(caller.storeId, offers.get(change.productId), change));
    const report = changes.map(({ productId }, index) =>
      reported(start + index, productId, judged[index] ?? { no: "not_found", detail: "" }),
    );
    const done = judged.flatMap((each) => ("write" in each ? [each.write] : []));
    const lost = await tryCommit(on.table, [
      ...done,
      ...(done.length > 0 ? [recordOf(command, report, start, on)] : []),
      storeAnswer(part, { now: on.now(), status: 200, answer: report }),
    ]);
    return lost.length === 0 ? { status: 200, body: report } : undefined;
  });
};

const partOf = (request: IdempotencyRequest, start: number): IdempotencyRequest =>
  start === 0 ? request : { ...request, key: sha256(`${request.key} ${start}`) };

type Judged = { readonly write: Write } | { readonly no: RefusalCode; readonly detail: string };

const judge = (storeId: StoreId, offer: Offer | undefined, change: StockChange): Judged => {
  if (!offer) return { no: "not_found", detail: "This store has no product with this id." };
  const { productId } = change;
  const { stock } = offer;
  if ("onHand" in change)
    return change.version === undefined || change.version === stock.version
      ? { write: setStock(storeId, productId, change) }
      : { no: "conflict", detail: "The stock was changed since it was read." };
  if (stock.onHand === null)
    return { no: "conflict", detail: "The product is without limit: say how many there are." };
  if (stock.onHand + change.delta < 0) return { no: "conflict", detail: `Only ${stock.onHand} are there.` };
  return { write: addStock({ storeId, productId, quantity: change.delta }, stock) };
};

const reported = (index: number, productId: ProductId, judged: Judged): Reported =>
  "write" in judged
    ? { index, productId, outcome: "changed" }
    : { index, productId, outcome: "refused", code: judged.no, detail: judged.detail };

const recordOf = (command: Asked, report: readonly Reported[], start: number, on: Changes): Write => {
  const changed = report.filter(({ outcome }) => outcome === "changed");
  const about = { productIds: changed.map(({ productId }) => productId).join(","), from: String(start) };
  return actOfKey(
    command,
    { action: "stock.changed", decidedBy: "products:write", at: on.now(), about },
    `${start}`,
  );
};
