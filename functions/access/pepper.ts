import { z } from "zod";

/**
 * Keys the HMAC under which license keys are stored, so that a copy of the table alone proves no key. By version:
 * a key keeps the version that it was issued under until it is rolled, so a new pepper ends nobody's key.
 */
export type Peppers = {
  readonly current: string;
  readonly byVersion: Readonly<Record<string, string>>;
};

/** May come from a cache: a version is added first and made current once every instance has read it. */
export type ReadPeppers = () => Promise<Peppers>;

const Versions = z.object({ current: z.string(), versions: z.record(z.string(), z.string().min(32)) });

/**
 * The secret's text. As CloudFormation generates it, it is version 1; the operator adds a second as
 * `{"current":"2","versions":{"1":"…","2":"…"}}`.
 */
export const parsePeppers = (text: string): Peppers => {
  if (!text.startsWith("{")) return { current: "1", byVersion: { "1": text } };
  const { current, versions } = Versions.parse(JSON.parse(text));
  if (versions[current] === undefined) throw new Error("the current pepper is not among the versions");
  return { current, byVersion: versions };
};

export const pepperOf = (peppers: Peppers, version: string): string => {
  const pepper = peppers.byVersion[version];
  if (pepper === undefined) throw new Error(`there is no pepper of version ${version}`);
  return pepper;
};

export const peppersFrom =
  (readSecret: (arn: string) => Promise<string>, arn: string): ReadPeppers =>
  async () =>
    parsePeppers(await readSecret(arn));
