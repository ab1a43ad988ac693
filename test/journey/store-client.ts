import type { z } from "zod";
import type { accessRoutes } from "#functions/access/routes.ts";
import type { auditRoutes } from "#functions/audit/routes.ts";
import type { catalogRoutes } from "#functions/catalog/routes.ts";
import type { customerRoutes } from "#functions/customer/routes.ts";
import type { domainRoutes } from "#functions/domain/routes.ts";
import type { feedRoutes } from "#functions/feed/routes.ts";
import type { connectorRoutes, fulfillmentRoutes } from "#functions/fulfillment/routes.ts";
import type { orderChangeRoutes, orderRoutes } from "#functions/order/routes.ts";
import type { eventRoutes } from "#functions/outbox/routes.ts";
import type { storeRoutes } from "#functions/store/routes.ts";
import type { supportRoutes } from "#functions/support/routes.ts";
import type { webhookRoutes } from "#functions/webhook/routes.ts";

/**
 * The store API for the compiler, from the routes that its document is made of: what a path takes and answers follows
 * from how it is written, `/orders/${id}` as `/orders/{id}`. That it is so `documented.ts` sees at run time.
 */
export type StoreClient = <Method extends string, Path extends string>(
  method: Method,
  path: Path,
  body?: Taken<RouteOf<Method, Path>>,
) => Promise<Answered<RouteOf<Method, Path>>>;

type Lists =
  | typeof accessRoutes
  | typeof auditRoutes
  | typeof catalogRoutes
  | typeof connectorRoutes
  | typeof customerRoutes
  | typeof domainRoutes
  | typeof eventRoutes
  | typeof feedRoutes
  | typeof fulfillmentRoutes
  | typeof orderChangeRoutes
  | typeof orderRoutes
  | typeof storeRoutes
  | typeof supportRoutes
  | typeof webhookRoutes;
type Each<List> = List extends unknown ? List[keyof List] : never;
type Routed = Each<Lists>;

type RouteOf<Method, Path extends string> = Routed extends infer One
  ? One extends { method: Method; path: infer Pattern extends string }
    ? Fits<Parts<Pattern>, Parts<WithoutQuery<Path>>> extends true
      ? One
      : never
    : never
  : never;

type WithoutQuery<Path extends string> = Path extends `${infer Before}?${string}` ? Before : Path;
type Parts<Path extends string> = Path extends `${infer First}/${infer Rest}`
  ? [First, ...Parts<Rest>]
  : [Path];

type Fits<Pattern extends string[], Path extends string[]> = Pattern extends [
  infer Wanted extends string,
  ...infer Later extends string[],
]
  ? Path extends [infer Given extends string, ...infer Rest extends string[]]
    ? Wanted extends `{${string}}`
      ? Fits<Later, Rest>
      : Given extends Wanted
        ? Fits<Later, Rest>
        : false
    : false
  : Path extends []
    ? true
    : false;

type Taken<Route> = Route extends { body: infer Body extends z.ZodType }
  ? z.input<Body>
  : Record<string, never>;
type Answered<Route> = Route extends { answers: infer Answers }
  ? {
      [Status in keyof Answers]: Answers[Status] extends z.ZodType ? z.output<Answers[Status]> : never;
    }[keyof Answers]
  : never;
