import { describe, expect, it } from "vitest";
import { AcpError, fault, refusalOf } from "#functions/acp/errors.ts";
import { inAcpWords } from "#functions/acp/path.ts";
import { acpProtocol } from "#functions/acp/protocol.ts";
import { acpRoutes } from "#functions/acp/routes.ts";
import { versionOf, versions } from "#functions/acp/version.ts";
import type { RequestFacts } from "#functions/runtime/route.ts";
import { Refusal, refusalCodes } from "#functions/values/refusal.ts";
import { complaints } from "./released.ts";

const facts = (headers: Record<string, string>): RequestFacts => ({
  requestId: "ours-1",
  headers,
  idempotency: undefined,
  deadline: 0,
});

describe("errors", () => {
  for (const version of versions) {
    it.each(refusalCodes)(`tells %s flat, as the released schema of ${version} has it`, (code) => {
      // Without a version the newest speaks, and only that knows `supported_versions`.
      const spoken = code.includes("api_version") ? "2026-04-17" : version;
      const { status, body } = refusalOf(new Refusal(code, "Why.", { param: "$.line_items[0].id" }), spoken);
      expect(complaints(spoken, "Error", body)).toEqual([]);
      expect(AcpError.parse(body)).toEqual(body);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(code === "temporarily_unavailable" ? 504 : 500);
    });
  }

  it.each([
    ["2026-04-17", 422, "invalid_request"],
    ["2026-01-30", 409, "request_not_idempotent"],
  ] as const)("tells a conflicting idempotency key by version: %s is %i %s", (version, status, type) => {
    const refusal = new Refusal("idempotency_conflict", "Another body.");
    expect(refusalOf(refusal, version)).toMatchObject({
      status,
      body: { type, code: "idempotency_conflict" },
    });
  });

  it("tells nothing of a fault", () => {
    expect(complaints("2026-04-17", "Error", fault.body)).toEqual([]);
    expect(fault).toMatchObject({ status: 500, body: { type: "processing_error" } });
  });

  it.each([
    ["$.lines[1].productId", "$.line_items[1].item.id"],
    ["$.lines[1].quantity", "$.line_items[1].quantity"],
    ["$.contact.buyer.email", "$.buyer.email"],
    ["$.contact.delivery.address.country", "$.fulfillment_details.address.country"],
    ["$.contact.delivery.address.city", "$.fulfillment_details.address"],
    ["$.discountCodes[2]", "$.discounts.codes[2]"],
    ["$.payment", "$.payment_data"],
    ["$.authentication", "$.authentication_result"],
    ["$.selectedOptionId", "$.selected_fulfillment_options"],
    ["$.notes", "$.order_notes"],
    ["$.currency", "$.currency"],
    ["$.fulfillment_details.address.name", "$.fulfillment_details.address.name"],
  ])("says %s in ACP's words: %s", (param, said) => {
    const refusal = inAcpWords(
      new Refusal("invalid", "Why.", { param, retryAfterSeconds: 3 }),
      (index, field) => `$.line_items[${index}]${field === "quantity" ? ".quantity" : ".item.id"}`,
    );
    expect(refusal).toMatchObject({ code: "invalid", param: said, retryAfterSeconds: 3 });
  });
});

describe("versions", () => {
  it.each(versions)("%s is spoken", (version) => {
    expect(versionOf({ "api-version": version })).toBe(version);
  });

  it.each([
    [{}, "missing_api_version"],
    [{ "api-version": "" }, "missing_api_version"],
    [{ "api-version": "2025-09-29" }, "unsupported_api_version"],
    [{ "api-version": "2026-04-18" }, "unsupported_api_version"],
    [{ "api-version": "latest" }, "unsupported_api_version"],
    [{ "api-version": "2026-04-17, 2026-01-30" }, "unsupported_api_version"],
  ])("%j is refused with the versions that are, newest first", (headers, code) => {
    try {
      acpProtocol.before?.(facts(headers), acpRoutes.getCheckoutSession);
    } catch (error) {
      expect(acpProtocol.refused(error as Refusal, facts(headers))).toMatchObject({
        status: 400,
        body: { type: "invalid_request", code, supported_versions: ["2026-04-17", "2026-01-30"] },
      });
    }
    expect.assertions(1);
  });

  it("discovery needs none", () => {
    expect(() => acpProtocol.before?.(facts({}), acpRoutes.getDiscovery)).not.toThrow();
  });
});

describe("headers", () => {
  const finished = (headers: Record<string, string>) =>
    acpProtocol.finish?.({ status: 200, headers: { "idempotent-replayed": "true" } }, facts(headers)).headers;

  it("come back as they were sent", () => {
    expect(finished({ "request-id": "theirs-1", "idempotency-key": "key-1" })).toEqual({
      "request-id": "theirs-1",
      "idempotency-key": "key-1",
      "idempotent-replayed": "true",
    });
  });

  it.each(["a\r\nset-cookie: b=c", "a\u0000", "ü", "x".repeat(256)])("but not %j", (value) => {
    expect(finished({ "request-id": value, "idempotency-key": value })).toEqual({
      "request-id": "ours-1",
      "idempotent-replayed": "true",
    });
  });

  it("say when to come back, where the same request may work later", () => {
    const retryAfter = (refusal: Refusal) => acpProtocol.refused(refusal, facts({})).headers?.["retry-after"];
    expect(retryAfter(new Refusal("idempotency_in_flight", "Wait."))).toBe("1");
    expect(retryAfter(new Refusal("invalid", "No."))).toBeUndefined();
  });
});
