import type { z } from "zod";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import type { Connection } from "./connection.ts";
import { openSecret } from "./connection-secret.ts";

export type WooCall = {
  readonly method?: "GET" | "POST" | "PUT";
  /** Under `/wp-json/`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: object;
};

/** `status` 0: no answer came, so nobody knows what became of it. */
export type WooAnswer<Body = unknown> = {
  readonly status: number;
  readonly body: Body | undefined;
  readonly pages: number;
};
export type WooApi = <Schema extends z.ZodType>(
  call: WooCall,
  schema: Schema,
) => Promise<WooAnswer<z.infer<Schema>>>;

export type CallsWoo = {
  readonly dial: Dial;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly now: Clock;
};

/** Of all calls of one step or request together; a shop that takes longer is asked again later. */
const budget = seconds(8);
const maxResponseBytes = 1_048_576;

/**
 * One shop's REST API, HTTP Basic over HTTPS, for one piece of work: its credentials are opened for that and not kept.
 * Of an answer only what the schema names goes on.
 */
export const wooApi = async (on: CallsWoo, connection: Connection): Promise<WooApi> => {
  const { storeId, secrets, url } = connection;
  const [secret] = secrets;
  if (!secret) throw new Error("a connection without a secret");
  const opened = await openSecret(on, storeId, secret);
  const authorization = `Basic ${Buffer.from(opened).toString("base64")}`;
  const until = on.now() + budget;
  return async ({ method = "GET", path, parameters = {}, body }, schema) => {
    const answer = await on.dial({
      url: `${url.replace(/\/$/, "")}/wp-json/${path}?${new URLSearchParams(parameters)}`,
      method,
      headers: {
        authorization,
        accept: "application/json",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs: Math.max(1, until - on.now()),
      maxResponseBytes,
    });
    if (!answer.answered) return { status: 0, body: undefined, pages: 0 };
    const said = answer.status < 300 ? schema.safeParse(parsed(answer.body)).data : undefined;
    return { status: answer.status, body: said, pages: Number(answer.headers["x-wp-totalpages"] ?? 1) };
  };
};

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
};
