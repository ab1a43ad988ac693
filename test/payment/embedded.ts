import { afterEach } from "vitest";
import { type EmbeddedStripe, startStripe } from "#infra/local/stripe/start-stripe.ts";

let running: EmbeddedStripe[] = [];
/** Ends with its test. */
export const start = async (options?: Parameters<typeof startStripe>[0]) => {
  const stripe = await startStripe(options);
  running.push(stripe);
  return stripe;
};
afterEach(async () => {
  await Promise.all(running.map((stripe) => stripe.stop()));
  running = [];
});

export const preview = "2026-04-22.preview";
export const post = async (
  { url }: EmbeddedStripe,
  path: string,
  params: Record<string, string>,
  headers: Record<string, string> = {},
) => {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    body: new URLSearchParams(params),
    headers: { authorization: "Bearer sk_test_1", ...headers },
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
};

export const get = async ({ url }: EmbeddedStripe, path: string) => {
  const response = await fetch(`${url}${path}`, { headers: { authorization: "Bearer sk_test_1" } });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

export const control = async ({ url }: EmbeddedStripe, command: object) => {
  const response = await fetch(`${url}/__control`, { method: "POST", body: JSON.stringify(command) });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
};
