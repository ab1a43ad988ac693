import { randomUUID } from "node:crypto";
import { type FullRequestParams, StoreApi } from "./store-api/client.ts";

/** The store API by the client that its document makes, as an integration calls it. What is refused is thrown. */
export const storeOn = (api: string, key: string) =>
  new StoreApi({
    request: async <Answer>(asked: FullRequestParams) => (await ask(api, key, asked)) as Answer,
  });
export type Store = StoreApi<unknown>;

const ask = async (api: string, key: string, asked: FullRequestParams): Promise<unknown> => {
  const { method, path, body, type, format, secure, headers } = asked;
  const response = await fetch(urlOf(api, asked), {
    method,
    headers: {
      ...(secure && { authorization: `Bearer ${key}` }),
      ...(type && { "content-type": type }),
      ...(method === "POST" && { "idempotency-key": randomUUID() }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return format === "json" ? JSON.parse(text) : text;
};

const urlOf = (api: string, { path, query = {} }: FullRequestParams): URL => {
  const url = new URL(`${api}${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
};
