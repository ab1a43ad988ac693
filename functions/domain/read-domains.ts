import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { DomainStore } from "./domain.store.ts";
import type { Domain } from "./domain.ts";
import { DomainView, viewDomain } from "./domain-view.ts";
import { Host } from "./host.ts";

export const DomainParams = z.strictObject({ domain: Host });
export type DomainParams = z.infer<typeof DomainParams>;

export const DomainList = z.object({ domains: z.array(DomainView) });

export const listDomains =
  (on: { domains: DomainStore }) =>
  async ({ caller }: { caller: Caller }): Promise<Answer> => {
    const domains = await on.domains.list(caller.storeId);
    return { status: 200, body: { domains: domains.filter(isThere).map(viewDomain) } };
  };

export const callersDomain = async (domains: DomainStore, caller: Caller, host: string): Promise<Domain> => {
  const domain = await domains.get(caller.storeId, host);
  if (domain && isThere(domain)) return domain;
  throw new Refusal("not_found", "This store has no such domain.");
};

const isThere = ({ status }: Domain): boolean => status !== "removed";
