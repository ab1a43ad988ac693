import { isDeepStrictEqual } from "node:util";
import { NotEmbedded } from "./aws.ts";
import type { Answer } from "./gateway-response.ts";

/** Of a method's properties, what says how it is answered without a backend. */
export type Mock = {
  readonly Integration?: {
    readonly PassthroughBehavior?: string;
    readonly RequestTemplates?: Templates;
    readonly IntegrationResponses?: readonly Response[];
  };
  readonly MethodResponses?: readonly {
    readonly StatusCode: string;
    readonly ResponseParameters?: Readonly<Record<string, boolean>>;
  }[];
};
type Templates = Readonly<Record<string, string>>;
type Response = {
  readonly StatusCode: string;
  readonly SelectionPattern?: string;
  readonly ResponseParameters?: Templates;
  readonly ResponseTemplates?: Templates;
};

/**
 * What a MOCK integration answers. Here it is always the same: one response, by one template without variables, for
 * requests of type `application/json` or of none; others get 415, as on AWS when nothing else is passed through.
 */
export const fixedAnswer = (id: string, { Integration, MethodResponses = [] }: Mock): Answer => {
  const [response, ...more] = Integration?.IntegrationResponses ?? [];
  if (Integration?.PassthroughBehavior !== "NEVER" || !response || more.length > 0)
    throw new NotEmbedded(`${id}: a mock that passes requests through, or answers other than once`);
  const { StatusCode, SelectionPattern, ResponseParameters = {}, ResponseTemplates } = response;
  const chosen = { "application/json": `{"statusCode":${StatusCode}}` };
  if (SelectionPattern || !isDeepStrictEqual(Integration.RequestTemplates, chosen))
    throw new NotEmbedded(`${id}: a mock that chooses its answer`);
  const declared = MethodResponses.find((each) => each.StatusCode === StatusCode)?.ResponseParameters ?? {};
  const missing = Object.keys(ResponseParameters).filter((name) => !(name in declared));
  if (missing.length > 0)
    throw new Error(`${id}: AWS wants MethodResponses to declare ${missing.join(", ")}`);
  return {
    status: Number(StatusCode),
    headers: { "content-type": "application/json", ...headersOf(id, ResponseParameters) },
    body: Buffer.from(bodyOf(id, ResponseTemplates)),
  };
};

const headersOf = (id: string, parameters: Templates) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (!/^'.*'$/.test(value)) throw new NotEmbedded(`${id}: ${name} from ${value}`);
      return [name.replace("method.response.header.", "").toLowerCase(), value.slice(1, -1)];
    }),
  );

const bodyOf = (id: string, templates: Templates = {}): string => {
  const [[type, text] = [], ...more] = Object.entries(templates);
  if (type !== "application/json" || text === undefined || more.length > 0)
    throw new NotEmbedded(`${id}: a mock with other than one response template for application/json`);
  if (/[$#]/.test(text)) throw new NotEmbedded(`the template of ${id}: Velocity in ${text}`);
  return text;
};
