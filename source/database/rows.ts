import type * as z from 'zod';
import {protocolError} from './protocol-error.ts';

/** The one row of a statement that gives one. @throws protocolError for none, or columns of another shape */
export const oneRow = <Row>(schema: z.ZodType<Row>, rows: readonly unknown[]): Row => {
	const read = schema.safeParse(rows[0]);
	if (read.success) return read.data;
	throw protocolError('PROTOCOL_BROKEN', 'rows of another shape than was asked for');
};
