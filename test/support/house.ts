import type { z } from "zod";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import type { Table, TableName } from "#functions/runtime/table.ts";
import { TableBusy } from "#functions/runtime/table.ts";
import type { SupportGrants } from "#functions/support/list-support.ts";
import { wire } from "#functions/support/support.handler.ts";
import type { SupportGrantView } from "#functions/support/support-grant.ts";
import { sweepSupport } from "#functions/support/sweep-support.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { keysApi } from "../access/keys-api.ts";
import { callApi } from "../fakes/api-event.ts";

type Granted = z.infer<typeof SupportGrantView> & { key: string };

/** The store's keys and its support's access, over one table in memory, called with keys as over HTTP. */
export const supportHouse = async () => {
  const house = await keysApi();
  const { on } = house;
  let refused: TableName | undefined;
  const table: Table = {
    ...on.table,
    commit: async (writes) => {
      if (writes.some((write) => write.table === refused)) throw new TableBusy("busy");
      return on.table.commit(writes);
    },
  };
  const readSecret = async () => house.secret.text;
  const handler = wire({ ...on, table, readSecret, seal: fakeStoreSeal() });
  let asked = 0;
  const call = async <Body>(
    key: string,
    method: "GET" | "POST",
    path: string,
    { body, idempotencyKey }: { body?: unknown; idempotencyKey?: string | undefined } = {},
  ): Promise<{ status: number; body: Body }> => {
    asked += 1;
    const caller = await house.callerOf(key);
    const answer = await callApi(
      (event, context) =>
        handler(
          {
            ...(event as object),
            requestContext: { requestId: `s${asked}`, authorizer: { caller: JSON.stringify(caller) } },
          },
          context,
        ),
      {
        method,
        path,
        body: body ?? (method === "GET" ? undefined : {}),
        headers: { "Idempotency-Key": idempotencyKey ?? `support-${asked}` },
      },
    );
    return { status: answer.statusCode, body: answer.body };
  };
  const acts = ["support.granted", "support.ended", "support.read"];
  return {
    ...house,
    grant: (body: object, key = house.owner.key, idempotencyKey?: string) =>
      call<Granted>(key, "POST", "/support_grants", { body, idempotencyKey }),
    end: (id: string) => call<Granted>(house.owner.key, "POST", `/support_grants/${id}/end`),
    list: (key = house.owner.key) => call<z.infer<typeof SupportGrants>>(key, "GET", "/support_grants"),
    sweep: sweepSupport({ ...on, keys: licenseKeyStore(on.table) }),
    acts: () => house.acts().filter((action) => acts.includes(String(action))),
    events: () => house.events().map(({ type }) => type),
    /** From now on nothing is written to this table. */
    refuse: (name: TableName | undefined) => {
      refused = name;
    },
  };
};
