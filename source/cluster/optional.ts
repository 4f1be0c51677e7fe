import type * as z from 'zod';

/** A key that is left out, or has no value, is not there. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
	schema
		.nullish()
		.transform((value) => value ?? undefined)
		.optional();
