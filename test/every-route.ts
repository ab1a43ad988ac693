import { pathToFileURL } from "node:url";
import type { Route, Routes } from "#functions/runtime/route.ts";
import { readTree } from "./infra/tree.ts";

const lists = await Promise.all(
  readTree("functions")
    .filter(({ path }) => path.endsWith("/routes.ts"))
    .map(({ path }) => import(pathToFileURL(path).href) as Promise<Record<string, Routes>>),
);

/** Every operation that there is, by the name that OpenAPI has for it. */
export const everyRoute: readonly (readonly [string, Route])[] = lists
  .flatMap((list) => Object.values(list))
  .flatMap((routes) => Object.entries(routes))
  .sort(([, left], [, right]) =>
    `${left.path} ${left.method}`.localeCompare(`${right.path} ${right.method}`),
  );
