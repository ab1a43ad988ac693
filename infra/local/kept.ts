import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Named secret values that survive a restart when there is a file: keys of KMS, secrets. */
export type Kept = {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
};

/** Written whole and by rename, so that a kill leaves the old file or the new one. */
export const keptIn = (file: string | undefined): Kept => {
  const values = new Map<string, string>(file && existsSync(file) ? Object.entries(parse(file)) : []);
  const save = () => {
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(values), undefined, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    get: (name) => values.get(name),
    set: (name, value) => {
      values.set(name, value);
      save();
    },
  };
};

const parse = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
