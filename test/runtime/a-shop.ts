import { z } from "zod";
import { apiHandler, type Protocol } from "#functions/runtime/api-handler.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import type { Answer, Command, Routes } from "#functions/runtime/route.ts";
import type { ApiCall } from "../fakes/api-event.ts";
import { memoryPlatform } from "../fakes/memory-platform.ts";

const Line = z.strictObject({ id: z.string().max(64), quantity: z.int().min(1).max(99) });

export const Basket = z.strictObject({
  lines: z.array(Line).min(1).max(50),
  note: z.string().max(500).optional(),
  phone: z.string().optional(),
  tracking_number: z.string().optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
  payment: z
    .union([
      z.strictObject({ token: z.string() }),
      z.strictObject({ invoice: z.strictObject({ days: z.int() }) }),
    ])
    .optional(),
});

export const routes = {
  open: { method: "GET", path: "/open", scope: "public", summary: "", answers: {} },
  read: {
    method: "GET",
    path: "/baskets/{basket_id}",
    scope: "checkouts:read",
    summary: "",
    params: z.object({ basket_id: z.string().regex(/^bsk_[a-z]+$/) }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
    answers: {},
  },
  create: {
    method: "POST",
    path: "/baskets",
    scope: "checkouts:write",
    summary: "",
    body: Basket,
    answers: {},
  },
  cancel: {
    method: "POST",
    path: "/baskets/{basket_id}/cancel",
    scope: "checkouts:write",
    summary: "",
    params: z.object({ basket_id: z.string() }),
    body: z.looseObject({ reason: z.string().optional() }).optional(),
    answers: {},
  },
} as const satisfies Routes;

type Name = keyof typeof routes;

/** A small API and what its operations were asked. `act` decides what they do. */
export const aShop = (
  act: (name: Name, command: Command) => Answer | Promise<Answer> = () => ({
    status: 200,
    body: { ok: true },
  }),
  protocol: Protocol = problemDetails,
) => {
  const platform = memoryPlatform();
  const commands: Command[] = [];
  const operation =
    (name: Name) =>
    async (command: unknown): Promise<Answer> => {
      commands.push(command as Command);
      return act(name, command as Command);
    };
  const operations = {
    open: operation("open"),
    read: operation("read"),
    create: operation("create"),
    cancel: operation("cancel"),
  };
  return { handler: apiHandler(platform, { routes, operations, protocol }), commands, platform };
};

export const aBasket = { lines: [{ id: "mug", quantity: 2 }] };

/** The POST of a basket. */
export const create = (body: unknown, more: Partial<ApiCall> = {}): ApiCall => ({
  requestId: "request-1",
  method: "POST",
  path: "/baskets",
  body,
  ...more,
});
