import { expect, test } from "vitest";
import { startOf } from "#functions/reconciliation/cursor.ts";
import {
  advancedRun,
  claimedRun,
  type Run,
  readRun,
} from "#functions/reconciliation/reconciliation.store.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

const claims = () => {
  const { table, clock, now } = memoryPlatform();
  const committed = async ({ write }: { write: Write }) => (await tryCommit(table, [write])).length === 0;
  const claim = (before: Run) => claimedRun("full", before, startOf("full", now()), now());
  return {
    clock,
    claim,
    committed,
    read: () => readRun(table, "full"),
    advance: (run: Run) => advancedRun("full", run, { next: startOf("full", now()), unread: [] }, now()),
  };
};

test("of two that begin a run at once one does", async () => {
  const { claim, committed, read } = claims();
  const nobodys = await read();
  expect(await committed(claim(nobodys))).toBe(true);
  expect(await committed(claim(nobodys))).toBe(false);
});

test("a run whose lease was over is not taken from it once it has gone on", async () => {
  const { clock, claim, committed, read, advance } = claims();
  const slow = claim(await read());
  await committed(slow);
  clock.advance(minutes(4));
  const over = await read();
  expect(await committed(advance(slow.run))).toBe(true);
  expect(await committed(claim(over))).toBe(false);
  expect(await committed(advance(slow.run))).toBe(true);
});

test("who saw a run before another took it over does not get it, even once that one's lease is over", async () => {
  const { clock, claim, committed, read, advance } = claims();
  await committed(claim(await read()));
  clock.advance(minutes(4));
  const [seen, other] = [await read(), claim(await read())];
  expect(await committed(other)).toBe(true);
  clock.advance(minutes(4));
  // With the same epoch both could go on.
  expect(await committed(claim(seen))).toBe(false);
  expect(await committed(advance(other.run))).toBe(true);
});
