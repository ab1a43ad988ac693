export type Part = Readonly<Record<string, unknown>>;

/** What the calls so far came to, as one: numbers add up, lists go on, the rest is said once. */
export const together = (before: Part, part: Part = {}): Part => ({
  ...before,
  ...Object.fromEntries(Object.entries(part).map(([name, value]) => [name, sum(before[name], value)])),
});

const sum = (before: unknown, value: unknown): unknown => {
  if (before === undefined) return value;
  if (typeof value === "number") return Number(before) + value;
  return Array.isArray(value)
    ? [...(before as unknown[]), ...value]
    : { ...(before as object), ...(value as object) };
};
