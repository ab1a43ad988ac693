import { describe, expect, it } from "vitest";
import { assertKnown, fits, type Pattern } from "#infra/local/event-pattern.ts";
import { timingBy } from "#infra/local/schedule.ts";

const event = { source: "shop", "detail-type": "order.placed", detail: { livemode: true, tags: ["a", "b"] } };

describe("an event pattern", () => {
  it.each<[Pattern, boolean]>([
    [{}, true],
    [{ source: ["shop"] }, true],
    [{ source: ["other", "shop"] }, true],
    [{ source: ["other"] }, false],
    [{ source: ["shop"], detail: { livemode: [false] } }, false],
    [{ detail: { tags: ["b"] } }, true],
    [{ "detail-type": [{ prefix: "order." }] }, true],
    [{ "detail-type": [{ suffix: ".placed" }] }, true],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { livemode: [{ exists: false }] } }, false],
    [{ source: [{ "anything-but": ["shop"] }] }, false],
  ])("%j fits: %s", (pattern, expected) => {
    expect(fits(pattern, event)).toBe(expected);
  });

  it("that is not known here fails the boot", () => {
    expect(() => assertKnown({ detail: { amount: [{ numeric: [">", 5] }] } }, "the rule")).toThrow(
      "the rule",
    );
  });
});

describe("a schedule", () => {
  it.each([
    ["rate(1 minute)", "2026-11-24T10:17:00Z", true],
    ["rate(5 minutes)", "2026-11-24T10:15:00Z", true],
    ["rate(5 minutes)", "2026-11-24T10:17:00Z", false],
    ["cron(0 3 * * ? *)", "2026-11-24T03:00:00Z", true],
    ["cron(0 3 * * ? *)", "2026-11-24T03:01:00Z", false],
    ["cron(0/15 * * * ? *)", "2026-11-24T03:45:00Z", true],
  ])("%s is due at %s: %s", (expression, at, expected) => {
    expect(timingBy(expression).isDue(new Date(at))).toBe(expected);
  });

  it("that is not understood fails the boot", () => {
    expect(() => timingBy("cron(0 3 L * ? *)")).toThrow("cron(0 3 L * ? *)");
  });
});
