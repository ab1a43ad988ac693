import type { FeedProduct } from "#functions/catalog/feed.ts";
import { savedFeed } from "#functions/feed/agent-feed.store.ts";
import { type AgentFeed, credentialPurpose } from "#functions/feed/agent-feed.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { fakeAgentFeed } from "../../fakes/agent-feed.ts";
import type { Sealing } from "./services.ts";

/** A feed that an agent keeps, and what it was told of a store's products. */
export type AgentsFeed = {
  readonly name: string;
  readonly url: string;
  readonly receive: Dial;
  readonly told: ReadonlyMap<string, ReadonlyMap<string, FeedProduct>>;
};

type On = { readonly table: MemoryTable; readonly seal: Sealing["seal"] };
type Given = { readonly storeId: StoreId; readonly ownerId: PrincipalId; readonly createdAt: number };

/** Registered by the store's owner, and told nothing yet. */
export const openFeed = async ({ table, seal }: On, given: Given): Promise<AgentsFeed> => {
  const { storeId, createdAt } = given;
  const [name, credential, url] = ["assistant", "a-credential-of-a-feed", `https://agent.example/${storeId}`];
  const purpose = credentialPurpose({ name, credentialAt: createdAt });
  const sealed = await seal.sealForStore(storeId, purpose, Buffer.from(credential));
  const feed: AgentFeed = {
    ...given,
    ...{ name, url, credentialAt: createdAt, putAt: createdAt, refused: [], failures: 0 },
    sealedCredential: Uint8Array.from(sealed),
  };
  await table.commit([savedFeed(undefined, feed)]);
  const { dial: receive, feeds: told } = fakeAgentFeed({ url, credential });
  return { name, url, receive, told };
};
