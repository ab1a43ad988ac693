import { z } from "zod";
import { countries } from "./country.ts";

/** ISO 3166-1 alpha-2, upper case. */
export const Country = z
  .string()
  .refine((code) => countries.has(code), { error: "must be an ISO 3166-1 alpha-2 code" });
export type Country = z.infer<typeof Country>;

/** A postal address. Personal data: it is stored sealed and travels in no event, queue or log. */
export const Address = z.object({
  name: z.string().min(1).max(256),
  company: z.string().max(256).optional(),
  lineOne: z.string().min(1).max(256),
  lineTwo: z.string().max(256).optional(),
  city: z.string().min(1).max(128),
  state: z.string().max(128),
  country: Country,
  postalCode: z.string().max(32),
});
export type Address = z.infer<typeof Address>;

/** What prices depend on: not personal by itself, so it may be stored in clear. */
export const Destination = z.object({ country: Country, state: z.string().max(128).optional() });
export type Destination = z.infer<typeof Destination>;
