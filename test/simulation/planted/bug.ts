import type { Edit } from "./edit.ts";

/** A mistake that somebody could make, as edits of the sources. The simulator must find each. */
export type Bug = { readonly name: string; readonly edits: readonly Edit[] };

export const bug = (name: string, file: string, find: string, put: string): Bug => ({
  name,
  edits: [{ file: `functions/${file}`, find, put }],
});
