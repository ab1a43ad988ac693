import type { Dial, DialResult } from "#functions/runtime/outbound.ts";
import type { ReadTxt, TxtAnswer } from "#functions/runtime/outbound-dns.ts";
import { seconds } from "#functions/values/clock.ts";
import type { Challenge, Domain, Proof, ProofMethod } from "./domain.ts";

export type ProvesDomains = { dial: Dial; readTxt: ReadTxt };

const place = "agentic-checkout-challenge";
type Asked = Pick<Domain, "storeId" | "host"> & Pick<Challenge, "token">;

/** The TXT record that proves the domain. One of several records is enough. */
export const recordFor = ({ host, token }: Pick<Asked, "host" | "token">) => ({
  name: `_${place}.${host}`,
  value: `token=${token}`,
});

/** The longest host whose record's name is still a name. */
export const longestByDns = 253 - `_${place}.`.length;

/** The file that proves the host. It holds what its path does not, so a server that repeats paths proves nothing. */
export const fileFor = ({ host, token, storeId }: Asked) => ({
  url: `https://${host}/.well-known/${place}/${token}`,
  content: `${token}.${storeId}`,
});

/** Looks whether the token is there now. */
export const proveDomain =
  (on: ProvesDomains) =>
  (asked: Asked, method: ProofMethod): Promise<Proof> =>
    by[method](on, asked);

const byDns = async ({ readTxt }: ProvesDomains, asked: Asked): Promise<Proof> => {
  const { name, value } = recordFor(asked);
  const told = (await readTxt(name)).map((answer) => proofIn(answer, value));
  const [first = "unknown"] = told;
  // Where resolvers differ, one of them may be lied to.
  return told.every((each) => each === first) ? first : "unknown";
};

const proofIn = (answer: TxtAnswer, value: string): Proof => {
  if (answer === "unknown") return "unknown";
  return answer.records.some((record) => record.trim() === value) ? "proven" : "absent";
};

/** The file may have a kB; of one byte more nothing is believed. */
const largestFile = 1_024;

const byHttps = async ({ dial }: ProvesDomains, asked: Asked): Promise<Proof> => {
  const { url, content } = fileFor(asked);
  const result = await dial({
    url,
    method: "GET",
    headers: { accept: "text/plain", "user-agent": "agentic-checkout" },
    timeoutMs: seconds(5),
    maxResponseBytes: largestFile + 1,
  });
  if (!result.answered) return result.reason === "forbidden" ? "absent" : "unknown";
  if (result.status >= 500 || result.status === 429) return "unknown";
  return holds(result, content) ? "proven" : "absent";
};

/** A redirect is no file, wherever it leads. */
const holds = ({ status, headers, body }: DialResult & { answered: true }, content: string): boolean =>
  status === 200 &&
  /^text\/plain\s*(;|$)/i.test(headers["content-type"] ?? "") &&
  headers["content-encoding"] === undefined &&
  body.length <= largestFile &&
  new TextDecoder().decode(body).trim() === content;

const by = { dns: byDns, https: byHttps } as const satisfies Record<ProofMethod, unknown>;
