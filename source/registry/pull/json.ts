import type * as z from 'zod';
import type {Answer} from '../../http/types.ts';

/** The body of an answer, where it is JSON of that form. */
export const jsonOf = <T>(schema: z.ZodType<T>, {body}: Pick<Answer, 'body'>): T | undefined => {
	try {
		return schema.safeParse(JSON.parse(body.toString('utf8'))).data;
	} catch {
		return undefined;
	}
};
