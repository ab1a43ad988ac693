import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";

type OtherOf = (storeId: string) => string;

export const isolated: Invariant = {
  id: "I-10",
  promise: "no request of one store or agent reads, writes or tells anything of another",
  watch: (cloud) => {
    const [first, second] = cloud.shops;
    const otherOf: OtherOf = (storeId) => (storeId === first.storeId ? second.storeId : first.storeId);
    const trespasses: string[] = [];
    cloud.touching((storeId, where) => {
      if (where.includes(otherOf(storeId))) trespasses.push(`a request of ${storeId} touched ${where}`);
    });
    return {
      committed: () => trespasses,
      atRest: (rest) => [
        ...trespasses,
        ...(rest === "the end"
          ? [...mixedRows(cloud, otherOf), ...mixedAnswers(cloud, otherOf), ...sharedSessions(cloud)]
          : []),
      ],
    };
  },
};

const mixedRows = ({ table }: Cloud, otherOf: OtherOf): Problems =>
  (["commerce", "outbox", "webhooks"] as const).flatMap((name) =>
    [...table.lookAll(name)].flatMap((row) => {
      const { storeId } = row as { storeId?: string };
      const isMixed = storeId !== undefined && JSON.stringify(row).includes(otherOf(storeId));
      return when(isMixed, `a row of ${storeId} speaks of the other store`);
    }),
  );

const mixedAnswers = ({ history, shops }: Cloud, otherOf: OtherOf): Problems =>
  history.flatMap(({ by, response, path }) => {
    const shop = shops.find(({ owner, agents }) =>
      [owner, ...agents.map(({ key }) => key)].some(({ text }) => text === by),
    );
    const isMixed = shop && JSON.stringify(response ?? {}).includes(otherOf(shop.storeId));
    return when(isMixed, `${path} told one store of the other`);
  });

/** A session is its agent's alone: every answer to another agent is that there is none. */
const sharedSessions = ({ history }: Cloud): Problems => {
  const good = history.filter(({ response }) => response && response.status < 300);
  const created = good.filter(({ path, method }) => path === "/checkout_sessions" && method === "POST");
  const owners = new Map(created.map(({ by, response }) => [idIn(response), by]));
  return good.flatMap(({ path, by }) => {
    const owner = owners.get(path.split("/")[2] ?? "");
    return when(owner !== undefined && owner !== by, `${path} was shown to another agent`);
  });
};

const idIn = (response: { body: unknown } | undefined): string =>
  ((response?.body ?? {}) as { id?: string }).id ?? "";
