import type { PrincipalId } from "#functions/values/id.ts";
import type { StoredKey } from "./stored-key.ts";

/** The keys of others that are there by this principal's leave: granted with its keys, or with one of those. */
export const grantedThrough = (keys: readonly StoredKey[], principalId: PrincipalId): StoredKey[] => {
  const found = new Set(keys.filter(({ grantedBy }) => grantedBy === principalId));
  const isOfThem = ({ grantedWith }: StoredKey) =>
    grantedWith !== undefined && [...found].some(({ publicId }) => publicId === grantedWith);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const key of keys.filter(isOfThem)) found.add(key);
  }
  return [...found].filter((key) => key.principalId !== principalId);
};
