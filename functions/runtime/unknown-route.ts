import { Refusal } from "#functions/values/refusal.ts";
import type { Routes } from "./route.ts";

/** Nothing is there, or nothing for this method. */
export const unknownRoute = (routes: Routes, path: string): Refusal => {
  const there = Object.values(routes).filter((route) =>
    new RegExp(`^${route.path.replace(/\{[^}]+\}/g, "[^/]+")}/?$`).test(path),
  );
  if (there.length === 0) return new Refusal("not_found", "There is nothing at this path.");
  const methods = there.map((route) => route.method).join(", ");
  return new Refusal("method_not_allowed", `This path takes ${methods}.`);
};
