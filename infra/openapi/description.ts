import { largestBody } from "#functions/runtime/request-body.ts";
import { Refusal, refusalCodes } from "#functions/values/refusal.ts";
import type { Api } from "./openapi.ts";

/** What holds for all of an API, its codes above all. */
export const descriptionOf = (api: Api): string =>
  `${api.description}

Bodies are JSON in UTF-8, at most ${largestBody / 1_024} kB. Amounts are integers in the currency's minor unit. Ignore fields that you do not
know: a later release may add some. A request is refused with one of these codes, which stay as they are:

| status | codes |
|---|---|
${codesOf(api)
  .map(([status, codes]) => `| ${status} | ${codes.map((code) => `\`${code}\``).join(", ")} |`)
  .join("\n")}
`;

/** Every refusal by its status, a fault of ours too. */
const codesOf = ({ errors }: Api): [number, string[]][] => {
  const told = [
    ...refusalCodes.map((code) => [errors.statusOf(new Refusal(code, "")), code] as const),
    [500, "internal_error"] as const,
  ];
  const statuses = [...new Set(told.map(([status]) => status))].sort((left, right) => left - right);
  return statuses.map((status) => [status, told.filter(([each]) => each === status).map(([, code]) => code)]);
};
