import type { IssuedKey, IssueLicenseKey } from "#functions/access/issue-license-key.ts";
import type { LicenseKeyStore, StoredKey } from "#functions/access/license-key.store.ts";
import type { PrincipalStore } from "#functions/access/principal.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import type { Accepted, AcceptTokens } from "#functions/payment/accept-tokens.ts";
import type { Killed, KillTokens } from "#functions/payment/kill-tokens.ts";
import type { LambdaContext } from "#functions/runtime/lambda.ts";
import type { CreateStore } from "#functions/store/create-store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import { toIso } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { OperatorCommand } from "./command.ts";

export type Operates = {
  stores: StoreStore;
  keys: LicenseKeyStore;
  principals: PrincipalStore;
  createStore(command: CreateStore): Promise<{ storeId: StoreId; created: boolean }>;
  issueLicenseKey(command: IssueLicenseKey): Promise<IssuedKey>;
  revokeLicenseKey(command: { keyId: string }): Promise<{ keyId: string; revokedAt: number }>;
  verifyDomain(command: { storeId: StoreId; host: string }): Promise<object>;
  killTokens(command: KillTokens, actor: Actor): Promise<Killed>;
  acceptTokens(command: AcceptTokens, actor: Actor): Promise<Accepted>;
  /** Where the store's agents and integrations go. */
  urls: { readonly agentApi: string; readonly storeApi: string };
  liveAllowed: boolean;
};

export const operate =
  (on: Operates) =>
  async (
    command: OperatorCommand,
    { awsRequestId }: Pick<LambdaContext, "awsRequestId">,
  ): Promise<object> => {
    const actor: Actor = { role: "operator", requestId: awsRequestId };
    switch (command.command) {
      case "create-store":
        return openStore(on, command.store);
      case "issue-key": {
        const { command: _, ...wanted } = command;
        return shownKey(await on.issueLicenseKey(wanted));
      }
      case "revoke-key": {
        const { keyId, revokedAt } = await on.revokeLicenseKey({ keyId: command.keyId });
        return { keyId, revokedAt: toIso(revokedAt) };
      }
      case "verify-domain":
        return on.verifyDomain({ storeId: command.storeId, host: command.host });
      case "kill-tokens":
        return on.killTokens(command, actor);
      case "accept-tokens":
        return on.acceptTokens(command, actor);
      case "show-store":
        return showStore(on, command.storeId);
      default:
        return command satisfies never;
    }
  };

/** The store's owner; by its key it administers the store and sees its orders. */
const owner = { role: "admin", principal: "owner" } as const;

/**
 * A store and its first key. A repeat, after an answer that was lost say, gives a key only while there is none:
 * what was shown can't be shown again, and `issue-key` makes another.
 */
const openStore = async (on: Operates, command: CreateStore): Promise<object> => {
  if (command.livemode && !on.liveAllowed)
    throw new Refusal("invalid", "This stage knows test stores only.", { param: "$.store.livemode" });
  const { storeId, created } = await on.createStore(command);
  const first = (await on.keys.list(storeId)).length === 0;
  const key = first ? shownKey(await on.issueLicenseKey({ storeId, ...owner })) : undefined;
  return { storeId, created, ...on.urls, ...(key && { key }) };
};

const showStore = async (on: Operates, storeId: StoreId): Promise<object> => {
  const [store, keys] = await Promise.all([on.stores.get(storeId), on.keys.list(storeId)]);
  if (!store) throw new Refusal("not_found", `There is no store ${storeId}.`);
  const ids = [...new Set(keys.map((key) => key.principalId))];
  const principals = await Promise.all(ids.map((id) => on.principals.get(storeId, id)));
  return {
    store: { ...store, ...timesOf(store) },
    ...on.urls,
    principals: principals
      .filter((each) => each !== undefined)
      .map((each) => ({ ...each, ...timesOf(each) })),
    keys: keys.map(({ publicId: keyId, digest: _, pepperVersion: __, ...key }) => ({
      keyId,
      ...shownKey(key),
    })),
  };
};

const shownKey = <Key extends Partial<StoredKey>>(key: Key) => ({ ...key, ...timesOf(key) });

type Times = {
  createdAt?: number;
  updatedAt?: number;
  expiresAt?: number;
  revokedAt?: number;
  lastUsedAt?: number;
  tokensKilledAt?: number;
};

/** As people read them. */
const timesOf = (from: { readonly [Name in keyof Times]?: number | undefined }) =>
  Object.fromEntries(
    (["createdAt", "updatedAt", "expiresAt", "revokedAt", "lastUsedAt", "tokensKilledAt"] as const).flatMap(
      (name) => {
        const time = from[name];
        return time === undefined ? [] : [[name, toIso(time)]];
      },
    ),
  );
