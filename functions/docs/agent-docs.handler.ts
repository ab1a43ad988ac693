import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import document from "./agent-api.json" with { type: "json" };
import { readPages } from "./read-pages.ts";
import { viewer } from "./viewer.ts";

export const wire = ({ environment }: Pick<Platform, "environment">) => {
  const read = readPages({ document, viewer, url: environment.get("API_URL") });
  return (event: unknown) => read((event as { resource: string }).resource);
};

export const handler = lambda(wire);
