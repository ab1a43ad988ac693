import type { z } from "zod";

/** For lists: refuses the second of two with the same name, at its own path. */
export const distinct =
  <Each>(field: string, nameOf: (each: Each) => string): z.core.CheckFn<Each[]> =>
  ({ value, issues }) => {
    const names = value.map(nameOf);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      issues.push({
        code: "custom",
        input: value,
        path: [index, field],
        message: "is in the list twice",
      });
    }
  };
