import { describe, expect, it } from "vitest";
import { longestPause, retrying, tries, type Verdict } from "#functions/runtime/retry.ts";
import type { Write } from "#functions/runtime/table.ts";
import { refusedWrites, verdictOn } from "#functions/runtime/table-error.ts";

const failing = (verdicts: Verdict[]) => {
  const pauses: number[] = [];
  const errors = verdicts.map((verdict) => Object.assign(new Error(verdict), { verdict }));
  let tried = 0;
  const run = async () => {
    tried += 1;
    const error = errors[tried - 1];
    if (error) throw error;
    return "done";
  };
  const pause = { wait: async (milliseconds: number) => void pauses.push(milliseconds), random: () => 0.5 };
  const result = (repeatable: boolean) =>
    retrying(pause, (error) => (error as { verdict: Verdict }).verdict, repeatable, run).catch(
      (error: Error) => error.message,
    );
  return { result, pauses, tried: () => tried };
};

describe("retrying", () => {
  it("goes on while it is refused for now, with growing pauses that are drawn", async () => {
    const on = failing(["refused for now", "refused for now", "refused for now"]);
    expect(await on.result(false)).toBe("done");
    expect(on.pauses).toEqual([12.5, 25, 50]);
  });

  it("gives up after eight tries, having waited at most 1.6 seconds", async () => {
    const on = failing(Array(20).fill("refused for now"));
    expect(await on.result(true)).toBe("refused for now");
    expect(on.tried()).toBe(8);
    const longest = Array.from({ length: tries["refused for now"] - 1 }, (_, index) =>
      longestPause(index + 1),
    );
    expect(longest.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(1_600);
  });

  it("repeats what may have been done only where a repeat does nothing more", async () => {
    const once = failing(["unsure"]);
    expect(await once.result(false)).toBe("unsure");
    expect(once.tried()).toBe(1);
    expect(await failing(["unsure", "unsure"]).result(true)).toBe("done");
    expect(await failing(["unsure", "unsure", "unsure"]).result(true)).toBe("unsure");
  });

  it("does not repeat what fails for good", async () => {
    const on = failing(["never"]);
    expect(await on.result(true)).toBe("never");
    expect(on.tried()).toBe(1);
  });
});

describe("an error of DynamoDB", () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error(), { name, ...more });
  const canceled = (...codes: string[]) =>
    named("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });

  it.each<[string, Error, Verdict]>([
    ["throttling", named("ThrottlingException"), "refused for now"],
    ["throughput", named("ProvisionedThroughputExceededException"), "refused for now"],
    ["a conflict with a transaction", named("TransactionConflictException"), "refused for now"],
    ["a canceled transaction in conflict", canceled("None", "TransactionConflict"), "refused for now"],
    [
      "a canceled transaction, throttled",
      canceled("ThrottlingError", "TransactionConflict"),
      "refused for now",
    ],
    ["a condition", canceled("ConditionalCheckFailed", "None"), "never"],
    ["a condition and a conflict", canceled("ConditionalCheckFailed", "TransactionConflict"), "never"],
    ["a malformed write in a transaction", canceled("ValidationError", "TransactionConflict"), "never"],
    ["a cancellation without reasons", named("TransactionCanceledException"), "never"],
    ["the same token still at work", named("TransactionInProgressException"), "unsure"],
    ["a server's fault", named("InternalServerError", { $fault: "server" }), "unsure"],
    ["a timeout", named("TimeoutError"), "unsure"],
    ["a lost connection", named("Error", { code: "ECONNRESET" }), "unsure"],
    ["a malformed request", named("ValidationException", { $fault: "client" }), "never"],
    ["a mistake of ours", new TypeError("x is not a function"), "never"],
  ])("from %s is judged", (_what, error, verdict) => {
    expect(verdictOn(error)).toBe(verdict);
  });

  it("names the writes whose condition failed by their place", () => {
    const writes = ["a", "b", "c"].map(
      (sk): Write => ({ table: "commerce", key: { pk: "p", sk }, change: { remove: true } }),
    );
    const error = canceled("ConditionalCheckFailed", "None", "ConditionalCheckFailed");
    expect(refusedWrites(error, writes)).toEqual([writes[0], writes[2]]);
    expect(refusedWrites(new Error(), writes)).toEqual([]);
  });
});
