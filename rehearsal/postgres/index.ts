export {lookForPostgres, postgresMajor} from './binaries.ts';
export {endDumps} from './end-dumps.ts';
export {type RunningPostgres, startPostgres} from './postgres.ts';
