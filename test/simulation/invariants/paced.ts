import { most } from "#functions/webhook/pace.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, when } from "./invariant.ts";

/**
 * A slot is a lease of a minute. So whoever died holds one for nothing, and only who stands still in the middle of an
 * attempt for longer, or whose clock is off by as much, speaks without one: neither can be told from the outside.
 */
export const atItsPace: Invariant = {
  id: "B-31",
  promise:
    "five at most speak to an endpoint at once: who lives, does not stand still and has the right time",
  watch: (cloud) => ({
    committed: () =>
      clocksDiffer(cloud)
        ? []
        : [...cloud.receivers.peaks].flatMap(([url, peak]) =>
            when(peak > most, `${peak} spoke to ${url} at once`),
          ),
  }),
};

const clocksDiffer = ({ world: { counts } }: Cloud): boolean =>
  [...counts.keys()].some((fault) => fault.includes("clock"));
