import { randomUUID } from "node:crypto";
import { expect } from "vitest";

/** A code's own name, or a page about it. */
const isType = /^(urn:problem-type:[a-z_0-9]+|https:\/\/\S+)$/;

export type Told = { readonly status: number; readonly body: Record<string, unknown> };

/** Asks the store API what it may refuse. A refusal is a problem by RFC 9457, and its `instance` is its own. */
export const asker =
  (api: string) =>
  async (
    key: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Told> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        ...(method === "POST" && { "idempotency-key": randomUUID() }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const { instance, ...said } = (await response.json()) as Record<string, unknown>;
    if (!response.ok) {
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(said).toMatchObject({ status: response.status, type: expect.stringMatching(isType) });
      expect(instance).toMatch(/^urn:request:./);
    }
    return { status: response.status, body: said };
  };
