import { Refusal } from "#functions/values/refusal.ts";

/** Deeper than any request of ours. */
export const deepest = 16;

/**
 * JSON with one meaning: no key twice in an object (two readers would each take another one), no number that
 * this language cannot hold exactly, no nesting that a recursive reader could choke on.
 */
export const parseStrictJson = (text: string): unknown => {
  const value = parse(text);
  const open: (Set<string> | undefined)[] = [];
  let last: string | undefined;
  for (const [token] of text.matchAll(tokens)) {
    enterOrLeave(open, token);
    if (token === ":") refuseSecond(open.at(-1), last);
    else if (/^[-\d]/.test(token)) refuseInexact(token);
    last = token;
  }
  return value;
};

/** A valid JSON text is strings, signs and literals. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so it is not passed on.
    throw new Refusal("invalid_request", "The request body is not valid JSON.");
  }
};

const enterOrLeave = (open: (Set<string> | undefined)[], token: string): void => {
  if (token === "{") open.push(new Set());
  if (token === "[") open.push(undefined);
  if (token === "}" || token === "]") open.pop();
  if (open.length > deepest) {
    throw new Refusal("invalid_request", `The request body is nested deeper than ${deepest} levels.`);
  }
};

const refuseSecond = (keys: Set<string> | undefined, token = '""'): void => {
  const key: string = JSON.parse(token);
  if (keys?.has(key)) throw new Refusal("invalid_request", "An object in the request body has a key twice.");
  keys?.add(key);
};

const refuseInexact = (token: string): void => {
  const value = Number(token);
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return;
  throw new Refusal("invalid_request", "A number in the request body is too large to be read exactly.");
};
