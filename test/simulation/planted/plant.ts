import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { bugs } from "./bugs.ts";
import { edited } from "./edit.ts";

/** Changes a source while it is loaded: the tree itself stays as it is. Once, in a thread of its own. */
export const plant = (name: string): void => {
  const bug = bugs.find((each) => each.name === name);
  if (!bug) throw new Error(`there is no bug ${name}`);
  registerHooks({
    load: (url, context, next) => {
      const path = url.startsWith("file:") ? fileURLToPath(url) : "";
      const edits = bug.edits.filter(({ file }) => path.endsWith(`/${file}`));
      if (edits.length === 0) return next(url, context);
      const source = edits.reduce((text, edit) => edited(text, edit), readFileSync(path, "utf8"));
      return { format: "module-typescript", source, shortCircuit: true };
    },
  });
};
