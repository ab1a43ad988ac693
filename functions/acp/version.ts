import { Refusal } from "#functions/values/refusal.ts";

/** The ACP versions spoken here, newest first, as errors list them. */
export const versions = ["2026-04-17", "2026-01-30"] as const;
export type Version = (typeof versions)[number];

export const newest: Version = versions[0];

/** The version that a request asks for; every request but discovery's must ask for one (ACP 2026-04-17 §2.1). */
export const versionOf = (headers: Readonly<Record<string, string | undefined>>): Version => {
  const asked = headers["api-version"]?.trim();
  if (!asked) throw new Refusal("missing_api_version", `The API-Version header is missing. ${spoken}`);
  const known = versions.find((version) => version === asked);
  if (known) return known;
  throw new Refusal("unsupported_api_version", `This API-Version is not supported. ${spoken}`);
};

/** The version to answer in when the request itself is what is wrong. */
export const versionForErrors = (headers: Readonly<Record<string, string | undefined>>): Version =>
  versions.find((version) => version === headers["api-version"]?.trim()) ?? newest;

const spoken = `Send one of ${versions.join(", ")}.`;
