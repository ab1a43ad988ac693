import { existsSync, readFileSync } from "node:fs";
import { startResolver, type Told } from "./resolver.ts";

/** Two resolvers that tell what a file says; functions believe what both say. */
export const startResolvers = async (file: string | undefined) => {
  const resolvers = await Promise.all([zoneIn(file), zoneIn(file)].map(startResolver));
  return {
    /** As functions are told of them: `DNS_RESOLVERS`. */
    addresses: resolvers.map(({ address }) => address).join(","),
    stop: () => {
      for (const resolver of resolvers) resolver.stop();
    },
  };
};

/**
 * What a file says of a name, a record a line as in a zone: `name TXT "text"`. It is read at every question, so that
 * a new line counts at once. One that can't be read is an error for all names, so that nobody looks for it in vain.
 */
export const zoneIn =
  (file: string | undefined) =>
  (name: string): Told => {
    const text = file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";
    const own = recordsIn(text).filter((record) => record.name === name);
    return own.length > 0 ? { records: own.map(({ strings }) => strings) } : noSuchName;
  };

const noSuchName = { rcode: 3 } as const;

const recordsIn = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith(";"))
    .map(recordIn);

const recordIn = (line: string): { readonly name: string; readonly strings: readonly string[] } => {
  const [, name, strings] = /^(\S+?)\.?\s+(?:IN\s+)?TXT\s+((?:"[^"]*"\s*)+)$/i.exec(line) ?? [];
  if (!name || !strings) throw new Error(`not a line like: name TXT "text": ${line}`);
  return {
    name: name.toLowerCase(),
    strings: [...strings.matchAll(/"([^"]*)"/g)].map(([, each]) => each ?? ""),
  };
};
