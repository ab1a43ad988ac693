/** A heavy suite's count: the full figure under `npm run prove`, a hundredth (or another share) of it under `npm test`. */
export const effort = (full: number, share = 100): number =>
  process.env["EFFORT"] === "full" ? full : Math.max(1, Math.ceil(full / share));

/** Fixed seeds under `npm test`, fresh ones under `npm run prove`; a failure prints the one it had, `SEED` repeats it. */
export const seed = (fixed: number): number => {
  const given = process.env["SEED"];
  if (given) return Number(given);
  return process.env["EFFORT"] === "full" ? Math.floor(Math.random() * 2 ** 31) : fixed;
};
