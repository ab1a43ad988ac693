import { createHash } from "node:crypto";

/** Numbers in [0, 1) that repeat for the same seed. */
export const seededRandom = (seed: string): (() => number) => {
  let calls = 0;
  return () => {
    calls += 1;
    return createHash("sha256").update(`${seed}:${calls}`).digest().readUInt32BE(0) / 2 ** 32;
  };
};
