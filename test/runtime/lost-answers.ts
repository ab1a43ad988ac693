import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { isLeftBy, isRecognizable } from "#functions/runtime/own-write.ts";
import { ConditionFailed, type Table, type Write } from "#functions/runtime/table.ts";
import { hasDynamoDb } from "#infra/local/dynamodb.ts";
import { startEngine } from "./engine.ts";

/** A table whose next answer gets lost once the write is done, and what happens before it is sent again. */
export type Losing = { readonly table: Table; lose(meanwhile?: () => Promise<unknown>): void };

export const tablesLosingAnswers = async (): Promise<{
  tables: [string, Losing][];
  stop(): Promise<void>;
}> => {
  const memory: [string, Losing] = ["memory", inMemory(memoryTable())];
  if (!hasDynamoDb()) {
    console.warn("skipped on DynamoDB: no engine is installed for this platform");
    return { tables: [memory], stop: async () => {} };
  }
  const loss = nextLoss();
  const { table, stop } = await startEngine((endpoint) => cuttingFront(endpoint, loss.take));
  return { tables: [memory, ["DynamoDB", { table, lose: loss.lose }]], stop };
};

type Meanwhile = () => Promise<unknown>;

const nextLoss = () => {
  let next: Meanwhile | undefined;
  return {
    lose: (meanwhile: Meanwhile = async () => undefined) => {
      next = meanwhile;
    },
    take: () => {
      const taken = next;
      next = undefined;
      return taken;
    },
  };
};

/** Memory loses nothing: it repeats what the client of DynamoDB would repeat, and knows its own write as that does. */
const inMemory = (table: Table): Losing => {
  const { lose, take } = nextLoss();
  const commit = async (writes: readonly Write[]) => {
    const meanwhile = take();
    const [first] = writes;
    if (!meanwhile || !first) return table.commit(writes);
    const done = await outcomeOf(table, writes);
    await meanwhile();
    if (first.plain && writes.length === 1 && isRecognizable(first.change)) return again(table, first);
    // A transaction's token brings its first answer back.
    if (done) throw done;
  };
  return { table: { ...table, commit }, lose };
};

const outcomeOf = (table: Table, writes: readonly Write[]): Promise<unknown> =>
  table.commit(writes).then(
    () => undefined,
    (error: unknown) => error,
  );

const again = async (table: Table, write: Write): Promise<void> => {
  const refused = await outcomeOf(table, [write]);
  if (!(refused instanceof ConditionFailed)) return;
  if (!isLeftBy(write, await table.get(write.table, write.key))) throw refused;
};

/** In front of an engine: the line is cut after the engine has answered. */
const cuttingFront = async (endpoint: string, take: () => Meanwhile | undefined) => {
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const meanwhile = take();
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => /^(x-amz-|content-type|authorization)/.test(name)),
      ) as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (!meanwhile)
      return void response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body);
    await meanwhile();
    request.socket.destroy();
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
};
