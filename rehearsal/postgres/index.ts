export type {ServerTls} from './data-folder.ts';
export {type PostgresOptions, type RunningPostgres, startPostgres} from './postgres.ts';
