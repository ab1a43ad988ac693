import type { Cloud } from "../cloud/cloud.ts";

/** By minutes: what rests on clocks that are right, or off by seconds, is not promised then. */
export const clocksDiffer = ({ world: { counts } }: Cloud): boolean =>
  [...counts.keys()].some((fault) => fault.includes("clock"));
