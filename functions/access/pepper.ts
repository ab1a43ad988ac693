import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";

/**
 * Keys the HMAC under which license keys are stored, so that a copy of the table alone proves no key. A key comes under
 * the current version when it is next used, so a new pepper ends nobody's key.
 */
export type Peppers = {
  readonly current: string;
  readonly byVersion: Readonly<Record<string, string>>;
  /** Versions that were thrown away: no key under them is proven again. */
  readonly retired?: readonly string[];
};

/** May come from a cache: a version is added first and made current once every instance has read it. */
export type ReadPeppers = () => Promise<Peppers>;

/** What the secret holds; `rotatePepper` writes it. */
export const PepperSecret = z.object({
  current: z.string(),
  versions: z.record(z.string(), z.string().min(32)),
  /** Added, and not current yet. */
  next: z.object({ version: z.string(), addedAt: Instant }).optional(),
  /** When each former version was current last. */
  replacedAt: z.record(z.string(), Instant).default({}),
  retired: z.array(z.string()).default([]),
});
export type PepperSecret = z.infer<typeof PepperSecret>;

/** As CloudFormation generates it, the secret's text is version 1. */
export const parsePepperSecret = (text: string): PepperSecret =>
  PepperSecret.parse(text.startsWith("{") ? JSON.parse(text) : { current: "1", versions: { "1": text } });

export const parsePeppers = (text: string): Peppers => {
  const { current, versions, retired } = parsePepperSecret(text);
  if (versions[current] === undefined) throw new Error("the current pepper is not among the versions");
  return { current, byVersion: versions, retired };
};

/** Under a version that was thrown away nothing is proven, and it costs the same to find that out. */
export const pepperOf = ({ byVersion, current, retired = [] }: Peppers, version: string): string => {
  const pepper = byVersion[retired.includes(version) ? current : version];
  if (pepper === undefined) throw new Error(`there is no pepper of version ${version}`);
  return pepper;
};

export const peppersFrom =
  (readSecret: (arn: string) => Promise<string>, arn: string): ReadPeppers =>
  async () =>
    parsePeppers(await readSecret(arn));
