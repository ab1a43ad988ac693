import { describe, expect, it } from "vitest";
import { keptAttribution, keptIntent } from "#functions/acp/attribution.ts";
import { CompleteRequest } from "#functions/acp/payment-request.ts";
import { CancelRequest, CreateRequest, IntentTrace } from "#functions/acp/request.ts";
import { parseInput } from "#functions/runtime/parse-input.ts";
import { refusalOf } from "./refusal-of.ts";

const line_items = [{ id: "shirt" }];

describe("payment", () => {
  const payment = (payment_data: unknown) => parseInput(CompleteRequest, { payment_data }).payment_data;

  it.each([
    [
      {
        handler_id: "card_tokenized",
        instrument: { type: "card", credential: { type: "spt", token: "spt_1" } },
      },
      "spt",
    ],
    [{ instrument: { type: "card", credential: { type: "spt", token: "pm_card_visa" } } }, "pm"],
    [{ token: "spt_1", provider: "stripe", billing_address: 7 }, "spt"],
    [{ token: "pm_card_visa" }, "pm"],
  ])("accepts %j", (request, kind) => {
    expect(payment(request)).toMatchObject({ kind });
  });

  it.each([
    [{}, "missing", "$.payment_data.instrument"],
    [{ purchase_order_number: "PO-1" }, "missing", "$.payment_data.instrument"],
    [{ token: "tok_visa" }, "invalid", "$.payment_data.token"],
    [{ token: "spt_1", provider: "adyen" }, "invalid", "$.payment_data.provider"],
    [
      { handler_id: "card_tokenized", instrument: { credential: { token: "vt_01" } } },
      "invalid",
      "$.payment_data.instrument.credential.token",
    ],
    [
      { handler_id: "other", instrument: { credential: { token: "spt_1" } } },
      "invalid",
      "$.payment_data.handler_id",
    ],
  ])("refuses %j", (request, code, param) => {
    expect(refusalOf(() => payment(request))).toEqual({ code, param });
  });

  it("wants the proof with an outcome that claims one, and none with a denial", () => {
    const result = (authentication_result: unknown) => parseInput(CompleteRequest, { authentication_result });
    expect(result({ outcome: "denied" }).authentication_result).toEqual({ outcome: "denied" });
    expect(refusalOf(() => result({ outcome: "authenticated" }))).toEqual({
      code: "missing",
      param: "$.authentication_result.outcome_details.three_ds_cryptogram",
    });
    expect(refusalOf(() => result({ outcome: "maybe" })).param).toBe("$.authentication_result.outcome");
  });
});

describe("what is only kept, never shown", () => {
  it.each([
    [{ provider: "impact.com", token: "atp_1" }, true],
    [
      {
        provider: "impact.com",
        publisher_id: "pub",
        metadata: { a: 1, b: "c", d: true },
        touchpoint: "last",
      },
      true,
    ],
    [{ provider: "impact.com" }, false],
    [{ token: "atp_1" }, false],
    [{ provider: "impact.com", token: "x", metadata: { a: {} } }, false],
    ["nonsense", false],
    [undefined, false],
  ])("attribution %j is kept: %s, and never stops a sale", (affiliate_attribution, kept) => {
    const request = parseInput(CreateRequest, { line_items, affiliate_attribution });
    expect(keptAttribution(request.affiliate_attribution) !== undefined).toBe(kept);
  });

  it("an intent trace keeps a reason of the list, and calls any other other", () => {
    expect(keptIntent({ reason_code: "comparison" }).reason_code).toBe("comparison");
    expect(keptIntent({ reason_code: "alien_abduction" }).reason_code).toBe("other");
  });

  it.each([
    [{ intent_trace: {} }, "$.intent_trace.reason_code"],
    [
      { intent_trace: { reason_code: "other", trace_summary: "x".repeat(501) } },
      "$.intent_trace.trace_summary",
    ],
    [{ intent_trace: { reason_code: "other", metadata: { deep: {} } } }, "$.intent_trace.metadata.deep"],
  ])("a malformed intent trace is refused: %j", (request, param) => {
    expect(refusalOf(() => parseInput(CancelRequest, request)).param).toBe(param);
  });

  it("a cancellation needs no body", () => {
    expect(parseInput(CancelRequest, undefined)).toBeUndefined();
    expect(IntentTrace.safeParse({ reason_code: "other" }).success).toBe(true);
  });
});
