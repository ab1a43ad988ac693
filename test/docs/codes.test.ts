import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "#infra/bundle.ts";
import { agentApi, storeApi } from "#infra/openapi/apis.ts";

/**
 * What callers program against: every code that an API answers, by its status. A new one is added here; one that is renamed,
 * taken out or told by another status breaks whoever waits for it.
 */
const promised = {
  "agent-api": [
    [
      400,
      "invalid_request missing invalid license_key_exposed missing_api_version unsupported_api_version idempotency_key_required invalid_item_id currency_mismatch requires_3ds limit_exceeded refund_exceeds_payment signature_invalid",
    ],
    [401, "unauthorized"],
    [403, "forbidden data_protection_not_accepted domain_not_verified store_not_active payments_suspended"],
    [404, "not_found"],
    [405, "method_not_allowed"],
    [409, "idempotency_in_flight conflict order_disputed"],
    [413, "body_too_large"],
    [415, "unsupported_media_type"],
    [422, "card_data_forbidden idempotency_conflict"],
    [429, "rate_limited velocity_exceeded"],
    [500, "internal_error"],
    [503, "temporarily_unavailable"],
  ],
  "store-api": [
    [
      400,
      "invalid_request license_key_exposed missing_api_version unsupported_api_version idempotency_key_required signature_invalid",
    ],
    [401, "unauthorized"],
    [403, "forbidden data_protection_not_accepted domain_not_verified store_not_active payments_suspended"],
    [404, "not_found"],
    [405, "method_not_allowed"],
    [409, "idempotency_in_flight conflict order_disputed"],
    [413, "body_too_large"],
    [415, "unsupported_media_type"],
    [
      422,
      "missing invalid card_data_forbidden idempotency_conflict invalid_item_id currency_mismatch requires_3ds limit_exceeded refund_exceeds_payment",
    ],
    [429, "rate_limited velocity_exceeded"],
    [500, "internal_error"],
    [503, "temporarily_unavailable"],
  ],
} as const;

type Document = { readonly info: { readonly description: string } };

/** By their table in the published document, which `openapi.test.ts` compares with the code. */
const publishedIn = (file: string): (readonly [number, string])[] => {
  const { info } = JSON.parse(readFileSync(join(projectRoot, file), "utf8")) as Document;
  const rows = info.description.matchAll(/^\| (\d{3}) \| (.+) \|$/gm);
  return [...rows].map(([, status, codes = ""]) => [Number(status), codes.replaceAll(/[`,]/g, "")]);
};

test.each([
  ["agent-api", agentApi],
  ["store-api", storeApi],
] as const)(
  "the %s refuses by the codes that it has always refused by, under the same status",
  (name, { file }) => {
    expect(publishedIn(file)).toEqual(promised[name]);
  },
);
