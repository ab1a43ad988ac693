import type { Cloud } from "../cloud/cloud.ts";
import type { Exchange } from "../cloud/gateway.ts";
import { clocksDiffer } from "./clocks.ts";
import { type Invariant, when } from "./invariant.ts";
import { eventsIn } from "./rows.ts";

export const neverReadPast: Invariant = {
  id: "I-6",
  promise: "no event takes a place among its store's that a reader has passed",
  watch: (cloud) => ({
    committed: (changes) => {
      if (clocksDiffer(cloud)) return [];
      return eventsIn(changes).flatMap(({ before, after }) => {
        if (!after || before?.["list"] !== undefined || after["list"] === undefined) return [];
        const past = Math.max(0, ...cloud.history.map((each) => readUpTo(cloud, each, after.storeId)));
        return when(
          Number(after["listAt"]) <= past,
          `${after.id} stands at ${after["listAt"]}, read up to ${past}`,
        );
      });
    },
  }),
};

type Page = { readonly next?: string; readonly more?: boolean };

const readUpTo = ({ shops }: Cloud, { path, by, response }: Exchange, storeId: string): number => {
  const { next, more } = (response?.body ?? {}) as Page;
  const isItsOwn =
    path === "/events" && shops.some((shop) => shop.storeId === storeId && shop.owner.text === by);
  return isItsOwn && next !== undefined && !more ? Number(Buffer.from(next, "base64url").toString()) : 0;
};
