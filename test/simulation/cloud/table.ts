import { pageOf } from "#functions/runtime/row-page.ts";
import {
  ConditionFailed,
  type Query,
  type Row,
  type Table,
  TableBusy,
  type Write,
} from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { type Process, reach, type World } from "../engine/process.ts";
import type { Services } from "./services.ts";
import { serving } from "./serving.ts";

/** The tables as a process reaches them. */
export const tableThrough = (world: World, services: Services, process: Process): Table => {
  const { table } = services;
  const touch = ({ pk }: { readonly pk: string }) => {
    const storeId = serving.getStore()?.storeId;
    if (storeId !== undefined) services.touched(storeId, pk);
  };
  return {
    get: (name, key) => {
      touch(key);
      return reach<Row | undefined>(world, process, {
        port: "get",
        about: `${name} ${key.pk} ${key.sk}`,
        perform: () => table.get(name, key),
        unanswered,
        special: { busy },
      });
    },
    query: (name, query) => {
      touch(query);
      return reach(world, process, {
        port: "query",
        about: `${name} ${query.index ?? ""} ${query.pk}`,
        perform: () => table.query(name, query),
        unanswered,
        special: { busy, "stale-index": () => fromIndex(services, name, query) },
      });
    },
    commit: (writes) => {
      for (const { key } of writes) touch(key);
      const served = serving.getStore();
      return reach(world, process, {
        port: "commit",
        about: writes.map(written).join(", "),
        perform: () => serving.run(served, () => committed(world, services, writes)),
        unanswered,
        special: { busy },
      });
    },
    tally: (update) => {
      touch(update.key);
      const served = serving.getStore();
      return reach(world, process, {
        port: "tally",
        about: written(update),
        perform: () => serving.run(served, () => table.tally(update)),
        unanswered: unknown,
        special: { busy },
      });
    },
  };
};

const committed = (world: World, { table }: Services, writes: readonly Write[]): Promise<void> =>
  table.commit(writes).catch((error: unknown) => {
    world.trace(`  ${error instanceof ConditionFailed ? error.message : error}`);
    throw error;
  });

/** Only an index lags; a table's own partitions are read consistently. */
const fromIndex = async ({ table, stale }: Services, name: Parameters<Table["query"]>[0], query: Query) =>
  query.index === undefined ? table.query(name, query) : pageOf(stale(name, query), query);

const written = ({ table, key, change }: Pick<Write, "table" | "key" | "change">): string =>
  `${Object.keys(change).join("+")} ${table} ${key.pk} ${key.sk}`;

const unanswered = (): never => {
  throw Object.assign(new Error("the table did not answer"), { name: "TimeoutError" });
};

/** As the client says it, which does not try twice. */
const unknown = (): never => {
  throw new Unavailable("the table does not answer");
};

const busy = (): never => {
  throw new TableBusy("the table is busy");
};
