import type { Examined, Finding } from "./examine-page.ts";

/** What a run came to, so far. */
export type Tally = {
  readonly looked: number;
  readonly healed: readonly Finding[];
  readonly open: readonly Finding[];
  readonly unread: number;
};

export const noTally: Tally = { looked: 0, healed: [], open: [], unread: 0 };

export const added = (tally: Tally, page: Examined): Tally => ({
  looked: tally.looked + page.looked,
  healed: [...tally.healed, ...page.healed],
  open: [...tally.open, ...page.open],
  unread: tally.unread + page.unread.length,
});

export const countsOf = ({ looked, healed, open, unread }: Tally) => ({
  looked,
  healed: healed.length,
  open: open.length,
  unread,
});
