import fc from "fast-check";
import { expect, it } from "vitest";
import type { Shelf } from "#functions/catalog/product.ts";
import {
  addStock,
  readStock,
  releaseStock,
  reserveStock,
  restockStock,
  sellStock,
  setStock,
} from "#functions/catalog/stock.store.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import { effort, seed } from "#test/effort.ts";
import { storeId } from "#test/store/a-store.ts";

const mugs = (quantity: number) => ({ storeId, productId: "mug", quantity });

type Move =
  | { move: "reserve"; quantity: number }
  /** Of one that is held, whichever. */
  | { move: "release" | "sell" | "restock"; which: number }
  | { move: "put"; onHand: number; seen: "any" | "last" | "old" }
  | { move: "add"; quantity: number };

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ move: fc.constant("reserve" as const), quantity: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ move: fc.constantFrom("release", "sell", "sell", "restock"), which: fc.nat(20) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant("add" as const),
      quantity: fc.integer({ min: -6, max: 6 }).filter((quantity) => quantity !== 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant("put" as const),
      onHand: fc.nat(12),
      seen: fc.constantFrom("any", "last", "old"),
    }),
  },
);

/** What a shop would keep on paper: how many are there, and each reservation and sale by itself. */
const onPaper = () => ({ onHand: 0, version: 0, held: [] as number[], sold: [] as number[] });
type Paper = ReturnType<typeof onPaper>;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** The write of a move, and what it does to the paper if it may be done; `undefined`: there is nothing to move. */
const played = (
  move: Move,
  paper: Paper,
  seen: Shelf,
): { write: Write; may: boolean; note: () => void } | undefined => {
  if (move.move === "reserve")
    return {
      write: reserveStock(mugs(move.quantity), seen).write,
      may: paper.onHand - sum(paper.held) >= move.quantity,
      note: () => paper.held.push(move.quantity),
    };
  if (move.move === "put") return told(move, paper);
  if (move.move === "add") return added(move, paper, seen);
  const from = move.move === "restock" ? paper.sold : paper.held;
  const index = from.length === 0 ? -1 : move.which % from.length;
  const quantity = from[index];
  if (quantity === undefined) return undefined;
  const { write, note } = leaving[move.move](quantity, paper);
  return { write, may: true, note: () => [from.splice(index, 1), note()] };
};

/** Whoever would take more than there are is refused before. */
const added = ({ quantity }: Extract<Move, { move: "add" }>, paper: Paper, seen: Shelf) =>
  paper.onHand + quantity < 0
    ? undefined
    : {
        write: addStock(mugs(quantity), seen),
        may: true,
        note: () => Object.assign(paper, { onHand: paper.onHand + quantity, version: paper.version + 1 }),
      };

const told = ({ onHand, seen }: Extract<Move, { move: "put" }>, paper: Paper) => {
  const version = { any: undefined, last: paper.version, old: paper.version - 1 }[seen];
  return {
    write: setStock(storeId, "mug", { onHand, version }),
    may: seen !== "old",
    note: () => Object.assign(paper, { onHand, version: paper.version + 1 }),
  };
};

const leaving = {
  release: (quantity: number) => ({ write: releaseStock(mugs(quantity)), note: () => undefined }),
  sell: (quantity: number, paper: Paper) => ({
    write: sellStock(mugs(quantity)),
    note: () =>
      Object.assign(paper, {
        onHand: paper.onHand - quantity,
        version: paper.version + 1,
        sold: [...paper.sold, quantity],
      }),
  }),
  restock: (quantity: number, paper: Paper) => ({
    write: restockStock(mugs(quantity)),
    note: () => Object.assign(paper, { onHand: paper.onHand + quantity, version: paper.version + 1 }),
  }),
} as const;

it("the row says what the shop has on paper, whatever was reserved, released, sold, returned and told in any order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { maxLength: 40 }), async (moves) => {
      const table = memoryTable();
      const paper = onPaper();
      await table.commit([setStock(storeId, "mug", { onHand: 0 })]);
      paper.version = 1;
      for (const each of moves) {
        const seen = (await readStock(table, storeId, "mug"))!;
        const turn = played(each, paper, seen);
        if (!turn) continue;
        const done = (await tryCommit(table, [turn.write])).length === 0;
        expect(done).toBe(turn.may);
        if (done) turn.note();
        const reserved = sum(paper.held);
        expect(await readStock(table, storeId, "mug")).toMatchObject({
          onHand: Math.max(0, paper.onHand),
          reserved,
          available: Math.max(0, paper.onHand - reserved),
          version: paper.version,
        });
      }
    }),
    { numRuns: effort(10_000), seed: seed(11) },
  );
});
