import { recordedAct } from "#functions/audit/audit.store.ts";
import type { Action, AuditRecord, Chain } from "#functions/audit/audit.ts";
import { readChain } from "#functions/audit/read-chain.ts";
import { sealStore } from "#functions/audit/seal.store.ts";
import type { Sign } from "#functions/audit/seal.ts";
import { sealAudit } from "#functions/audit/seal-audit.ts";
import { verifyChain } from "#functions/audit/verify-chain.ts";
import type { Table } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { storeId } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { fakeSigning } from "#test/fakes/signing.ts";

export const otherStoreId: StoreId = `store_${"9".repeat(26)}`;

/** A platform on which things are done that go on record, and a sealer that comes when it is called. */
export const aWorld = () => {
  const platform = memoryPlatform();
  const { sign, verify } = fakeSigning();
  const sealer = (more: { table?: Table; sign?: Sign; now?: () => number } = {}) => {
    const on = { ...platform, sign, ...more };
    return sealAudit({ ...on, seals: sealStore(on.table) });
  };
  let acts = 0;
  return {
    platform,
    verify,
    sealer,
    seal: () => sealer()(),
    act: async (more: Partial<AuditRecord> & { of?: StoreId | "deployment" } = {}) => {
      const { of = storeId, ...rest } = more;
      acts += 1;
      const act: AuditRecord = {
        action: "tokens.killed" satisfies Action,
        actor: { role: "operator", requestId: `request-${acts}` },
        at: platform.now(),
        decidedBy: "iam",
        ...(of !== "deployment" && { storeId: of }),
        ...rest,
      };
      await platform.table.commit([recordedAct(act)]);
      return act;
    },
    pass: (count: number) => platform.clock.advance(minutes(count)),
    check: async (chain: Chain = storeId) =>
      verifyChain(await readChain(platform, chain), verify, platform.now()),
  };
};
export type World = ReturnType<typeof aWorld>;
