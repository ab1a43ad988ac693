import { describe, expect, it } from "vitest";
import { type AcpCore, acpOperations } from "#functions/acp/operations.ts";
import { acpProtocol } from "#functions/acp/protocol.ts";
import { acpRoutes } from "#functions/acp/routes.ts";
import type { CompleteCheckout } from "#functions/checkout/complete-checkout.ts";
import type { CoreAnswer } from "#functions/checkout/core-answer.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type ApiCall, callApi } from "#test/fakes/api-event.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCoreAnswer } from "./fixtures.ts";
import { complaints } from "./released.ts";

type Complete = AcpCore["complete"];

const unused = () => Promise.reject(new Error("not this one"));

const withCore = (complete: Complete) => {
  const platform = memoryPlatform();
  const core: AcpCore = { create: unused, change: unused, get: unused, cancel: unused, complete };
  const handler = apiHandler(platform, {
    routes: acpRoutes,
    operations: acpOperations(core, { apiBaseUrl: "https://agents.example" }),
    protocol: acpProtocol,
  });
  const call = (body: unknown, headers: ApiCall["headers"] = {}) =>
    callApi(handler, {
      method: "POST",
      path: "/checkout_sessions/chk_00000000000000000000000001/complete",
      body,
      headers: { "API-Version": "2026-04-17", ...headers },
    });
  return { platform, call };
};

const answering = (answer: CoreAnswer) => withCore(async () => answer);
const payment_data = { token: "spt_1", provider: "stripe" };

describe("a completion", () => {
  it("answers with the order, and again with the same for a repeat", async () => {
    const answer = await aCoreAnswer({ status: "completed", notes: "Ring twice." });
    const first = await answering(answer).call({ payment_data });
    expect(first.statusCode).toBe(200);
    expect(complaints("2026-04-17", "CheckoutSessionWithOrder", first.body)).toEqual([]);
    expect(first.headers).not.toHaveProperty("idempotent-replayed");
    const repeat = await answering({ ...answer, replayed: true }).call({ payment_data });
    expect(repeat.headers["idempotent-replayed"]).toBe("true");
    expect(repeat.text).toBe(first.text);
  });

  it("that is still going on is a session like any other", async () => {
    const { statusCode, body } = await answering(await aCoreAnswer({ status: "completing" })).call({
      payment_data,
    });
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ status: "complete_in_progress" });
  });

  it("that was declined says so in a session that is ready for another token", async () => {
    const messages = [
      {
        level: "error" as const,
        code: "payment_declined" as const,
        at: ["payment"],
        text: "The payment was declined.",
      },
    ];
    const { body } = await answering(await aCoreAnswer({ changes: { messages } })).call({ payment_data });
    expect(body).toMatchObject({
      status: "ready_for_payment",
      messages: [{ type: "error", code: "payment_declined", param: "$.payment_data" }],
    });
    expect(complaints("2026-04-17", "CheckoutSession", body)).toEqual([]);
  });

  it("that waits for the buyer to authenticate is refused without the result, as the official example is", async () => {
    const { call } = withCore(async () => {
      throw new Refusal("requires_3ds", "The result is wanted.", { param: "$.authentication" });
    });
    expect(await call({ payment_data })).toMatchObject({
      statusCode: 400,
      body: { type: "invalid_request", code: "requires_3ds", param: "$.authentication_result" },
    });
  });

  it("gives the core everything in its own words", async () => {
    let seen: CompleteCheckout | undefined;
    const answer = await aCoreAnswer();
    const { call } = withCore(async (command) => {
      seen = command;
      return answer;
    });
    await call({
      buyer: { email: "ada@example.com", first_name: "Ada" },
      payment_data,
      order_notes: "Ring.",
      affiliate_attribution: { provider: "impact.com", token: "atp_1", touchpoint: "last" },
      marketing_consents: [{ channel: "email", opted_in: true }],
      risk_signals: { ip_address: "203.0.113.1" },
      authentication_result: {
        outcome: "authenticated",
        outcome_details: {
          three_ds_cryptogram: "AAAA",
          electronic_commerce_indicator: "05",
          transaction_id: "ds-1",
          version: "2.2.0",
        },
      },
    });
    expect(seen).toMatchObject({
      checkoutId: "chk_00000000000000000000000001",
      payment: { kind: "spt", token: "spt_1" },
      authentication: {
        outcome: "authenticated",
        cryptogram: "AAAA",
        electronicCommerceIndicator: "05",
        transactionId: "ds-1",
        version: "2.2.0",
      },
      buyer: { email: "ada@example.com", firstName: "Ada" },
      notes: "Ring.",
      attribution: { provider: "impact.com", token: "atp_1", touchpoint: "last" },
    });
    expect(JSON.stringify(seen)).not.toMatch(/203\.0\.113\.1|opted_in/);
  });

  it("that fails on our side tells nothing of it", async () => {
    const { call, platform } = withCore(async () => {
      throw new Error("secret-internal ada@example.com");
    });
    const answer = await call({ payment_data });
    expect(answer).toMatchObject({
      statusCode: 500,
      body: { type: "processing_error", code: "internal_error" },
    });
    expect(answer.text).not.toContain("secret");
    expect(platform.logged.map(({ level }) => level)).toEqual(["info", "error"]);
  });
});
