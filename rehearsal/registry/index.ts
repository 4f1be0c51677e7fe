/** The embedded registry of a rehearsal. */
export {startRegistry} from './server.ts';
export type * from './types.ts';
