import { z } from "zod";

/** A moment: milliseconds since the Unix epoch. Protocols see ISO 8601 (`toIso`). */
export const Instant = z.int().nonnegative();
export type Instant = z.infer<typeof Instant>;

export type Clock = () => Instant;

/** Lengths of time in milliseconds. */
export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => seconds(count * 60);
export const hours = (count: number): number => minutes(count * 60);
export const days = (count: number): number => hours(count * 24);

export const toIso = (instant: Instant): string => new Date(instant).toISOString();
