export type Edit = { readonly file: string; readonly find: string; readonly put: string };

/** Every edit must fit exactly once: code that has changed since is no bug planted, and that must be told. */
export const edited = (text: string, { file, find, put }: Edit): string => {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places for: ${find}`);
  return parts.join(put);
};
