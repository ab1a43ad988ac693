import { z } from "zod";
import { refuseRecordTwice } from "#functions/access/record-act.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, Reason } from "#functions/audit/audit.ts";
import { walkTime } from "#functions/operator/limits.ts";
import { readStoreKey, savedStoreKey } from "#functions/privacy/store-key.store.ts";
import { added, moved, newestOf, nextStep, type StoreKey, switched } from "#functions/privacy/store-key.ts";
import type { KeyWrapper } from "#functions/privacy/store-keys.ts";
import { allRows } from "#functions/runtime/all-rows.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { WalkCursor, type WalkPart, walkRows } from "#functions/runtime/walk-rows.ts";
import { allStores, type StoreStore } from "#functions/store/store.store.ts";
import { type Clock, days, Instant } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type RebuildsCustomers, rebuildParts } from "./rebuild-customers.ts";

/** How far a rotation is: `turn` until the new version seals everywhere, then what lies there is moved, then it is told. */
const Pass = z.strictObject({
  ...WalkCursor.shape,
  stage: z.enum(["turn", "move", "end"]),
  begunAt: Instant,
  /** Before that some store can't go on. */
  notBefore: Instant,
  /** When this stage began. */
  stageBegunAt: Instant,
});
type Pass = z.infer<typeof Pass>;

export const RotateStoreKeys = z.strictObject({
  stores: z.union([z.literal("all"), StoreId]),
  reason: Reason,
  /** From the answer to the call before. */
  cursor: Pass.optional(),
});
export type RotateStoreKeys = z.infer<typeof RotateStoreKeys>;

export type RotatesStoreKeys = RebuildsCustomers & {
  stores: StoreStore;
  keyWrapper: Pick<KeyWrapper, "generate">;
  now: Clock;
};

export type StoreKeysRotated =
  | { readonly done: true; readonly stores: RotateStoreKeys["stores"] }
  /** Ask again with the cursor, after the wait. */
  | {
      readonly done: false;
      readonly stage: string;
      readonly looked: number;
      readonly waitSeconds: number;
      readonly cursor: Pass;
    };

/** All stores again within a day is the same rotation, gone on with; one store is rotated whenever it is said. */
const sameRotation = days(1);

type Turn = RotateStoreKeys & { readonly actor: Actor };

/**
 * A new version of stores' keys; what the former ones have sealed they open for good. It seals once every instance
 * knows it, and then the index of customers and the keys of checkouts come under it. All of it is in rows, so a call
 * that dies is simply made again.
 */
export const rotateStoreKeys =
  (on: RotatesStoreKeys) =>
  async (command: RotateStoreKeys, actor: Actor): Promise<StoreKeysRotated> => {
    const { stores, cursor } = command;
    if (stores !== "all" && !(await on.stores.get(stores)))
      throw new Refusal("not_found", `There is no store ${stores}.`);
    const now = on.now();
    const pass = cursor ?? { part: 0, stage: "turn", begunAt: now, notBefore: now, stageBegunAt: now };
    const turn: Turn = { ...command, actor };
    const { rest } = await walkRows(on, await partsOf(on, turn, pass), { from: pass, until: now + walkTime });
    if (rest) return again(on, { ...pass, ...rest });
    const next = nextStage(pass, on.now());
    return next ? again(on, next) : { done: true, stores };
  };

const again = (on: RotatesStoreKeys, { part, after, ...pass }: Pass): StoreKeysRotated => ({
  done: false,
  stage: pass.stage,
  looked: pass.looked ?? 0,
  waitSeconds: Math.max(0, Math.ceil((pass.notBefore - on.now()) / 1_000)),
  cursor: { ...pass, part, ...(after && { after }) },
});

const nextStage = ({ stage, begunAt, notBefore }: Pass, now: Instant): Pass | undefined => {
  const begin = { part: 0, begunAt, notBefore, stageBegunAt: now };
  if (stage === "turn") return { ...begin, stage: notBefore > now ? "turn" : "move" };
  return stage === "move" ? { ...begin, stage: "end" } : undefined;
};

const partsOf = async (on: RotatesStoreKeys, turn: Turn, pass: Pass): Promise<WalkPart[]> => {
  if (pass.stage === "move") return rebuildParts(on, await storesOf(on, turn));
  const visit = pass.stage === "turn" ? turnStore : endStore;
  return [eachStore(turn, (storeId) => visit(on, turn, pass, storeId))];
};

const storesOf = async (on: RotatesStoreKeys, { stores }: Turn): Promise<StoreId[]> =>
  stores === "all"
    ? (await allRows(on.table, "access", allStores)).map(({ pk }) => StoreId.parse(pk))
    : [stores];

/** One store is found by its row, all of them by their index. */
const eachStore = ({ stores }: Turn, visit: (storeId: StoreId) => Promise<void>): WalkPart => ({
  table: "access",
  query: stores === "all" ? allStores : { pk: stores, from: "store", to: "store" },
  visit: ({ pk }) => visit(StoreId.parse(pk)),
});

/** Its next step where its time has come; else when that is. */
const turnStore = async (on: RotatesStoreKeys, turn: Turn, pass: Pass, storeId: StoreId): Promise<void> => {
  const before = await readStoreKey(on.table, storeId);
  const since = turn.stores === "all" ? pass.begunAt - sameRotation : pass.begunAt;
  const { step, at } = nextStep(before, since);
  const now = on.now();
  if (step === "rest") return;
  if (step === "move" || at > now) {
    pass.notBefore = Math.max(pass.notBefore, at);
    return;
  }
  const after =
    step === "add" ? added(before, await on.keyWrapper.generate(storeId), now) : switched(before, now);
  await saveStep(on, turn, { storeId, before, after, step });
  // Whoever was faster has done the same.
  await turnStore(on, turn, pass, storeId);
};

/** Nothing of it is left under a former version, but for what came under the current one after the walk began. */
const endStore = async (on: RotatesStoreKeys, turn: Turn, pass: Pass, storeId: StoreId): Promise<void> => {
  const before = await readStoreKey(on.table, storeId);
  const { step, at } = nextStep(before, 0);
  if (step !== "move" || at > pass.notBefore) return;
  await saveStep(on, turn, { storeId, before, after: moved(before), step });
};

type Made = { storeId: StoreId; before: StoreKey; after: StoreKey; step: string };

const saveStep = async (
  on: RotatesStoreKeys,
  { actor, reason }: Turn,
  { storeId, before, after, step }: Made,
): Promise<void> => {
  const lost = await tryCommit(on.table, [
    savedStoreKey(storeId, before, after),
    recordedAct({
      action: "store_key.rotated",
      actor,
      storeId,
      at: on.now(),
      reason,
      decidedBy: "iam",
      about: { version: String(newestOf(after).version), step },
    }),
  ]);
  refuseRecordTwice(lost);
};
