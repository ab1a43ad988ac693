/** Where the embedded cloud claims to be. Templates that name another account or region do not match it. */
export const account = "000000000000";
export const region = "us-east-1";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** An error as AWS answers it: `code` is what SDK clients show as the error's name. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further fields of the answer, such as `CancellationReasons`. */
  readonly fields: JsonObject;
  constructor(code: string, message: string, status = 400, fields: JsonObject = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** What an engine does not do. It is thrown at boot or answered as an error, never passed over. */
export class NotEmbedded extends AwsError {
  constructor(what: string) {
    super("NotEmbedded", `the embedded cloud does not do this: ${what}`);
  }
}

/** Facts that policy conditions may ask for, such as `kms:EncryptionContext:tenant`. */
export type PolicyContext = Readonly<Record<string, string | readonly string[]>>;

/** Who signed a call. `may` throws what AWS throws where the role's policies do not allow it. */
export type Principal = {
  /** `checkout/sweep-checkouts` for a function, `operator` for the operator. */
  readonly name: string;
  readonly may: (action: string, resource: string, context?: PolicyContext) => void;
};

/** One call of an AWS API, as the front received it. */
export type Call = {
  readonly service: string;
  readonly action: string;
  readonly body: JsonObject;
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
};

/** What an engine answers: a body, or an HTTP answer that is handed through as it is. */
export type Reply = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
};
export type Service = (call: Call) => Promise<JsonObject | Reply>;

export const isReply = (answer: JsonObject | Reply): answer is Reply => Buffer.isBuffer(answer.body);
