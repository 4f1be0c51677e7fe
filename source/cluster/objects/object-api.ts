import type {Requests} from '../requests.ts';
import {createLogs} from './logs.ts';
import {createReads} from './reads.ts';
import {createPaths} from './resources.ts';
import type {ObjectApi} from './types.ts';
import {createWrites} from './writes.ts';

/** The object calls over HTTP. @throws ProblemError as named in `problems/refusals.ts` and `problems/connection.ts`. */
export const createObjectApi = (requests: Requests): ObjectApi => {
	const paths = createPaths(requests);
	const reads = createReads(requests, paths);
	return {...reads, ...createWrites(requests, paths, reads), logs: createLogs(requests)};
};
