import { createServer, type ServerResponse } from "node:http";
import { type Environment, environmentOf } from "#functions/runtime/environment.ts";

export type Sent = { target: string; body: Record<string, unknown> };
/** How the endpoint answers one call: a status and JSON, a cut connection, or never. */
export type Reply = { status?: number; body?: object } | "cut" | "silence";

/** An AWS endpoint that answers as told, call by call, and remembers what was sent. */
export const awsStub = async (replies: Reply[]) => {
  const sent: Sent[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
    sent.push({ target, body: JSON.parse(Buffer.concat(chunks).toString()) });
    open.add(response);
    answer(response, replies.shift() ?? { body: {} });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const settings = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    TABLE_COMMERCE: "commerce",
    TABLE_OUTBOX: "outbox",
  };
  Object.assign(process.env, settings);
  const environment: Environment = environmentOf(settings);
  const stop = () => {
    for (const response of open) response.destroy();
    server.close();
  };
  return { sent, environment, stop };
};

const answer = (response: ServerResponse, reply: Reply): void => {
  if (reply === "silence") return;
  if (reply === "cut") {
    response.destroy();
    return;
  }
  response.writeHead(reply.status ?? 200, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify(reply.body ?? {}));
};

export const awsError = (type: string, more: object = {}): Reply => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "secret", ...more },
});
