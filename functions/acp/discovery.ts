import { z } from "zod";
import { discountExtension, threeDSecure } from "./capabilities.ts";
import { newest, versions } from "./version.ts";

export const Discovery = z.object({
  protocol: z.object({
    name: z.literal("acp"),
    version: z.string(),
    supported_versions: z.array(z.string()),
  }),
  api_base_url: z.url(),
  transports: z.array(z.literal("rest")),
  capabilities: z.object({
    services: z.array(z.string()),
    extensions: z.array(z.object({ name: z.string() })),
    intervention_types: z.array(z.string()),
  }),
});
export type Discovery = z.infer<typeof Discovery>;

/**
 * What this host speaks, for everybody. It names no store and no merchant: many stores share the host, and a
 * document that told them apart would let a stranger list them (ACP 2026-04-17, discovery §6).
 */
export const discoveryOf = (apiBaseUrl: string): Discovery => ({
  protocol: {
    name: "acp",
    version: newest,
    // Oldest first here, newest first in errors: so says the specification.
    supported_versions: versions.toReversed(),
  },
  api_base_url: apiBaseUrl,
  transports: ["rest"],
  capabilities: {
    services: ["checkout", "orders"],
    extensions: [{ name: discountExtension }],
    intervention_types: [threeDSecure],
  },
});

export const discoveryHeaders = { "cache-control": "public, max-age=3600" } as const;
