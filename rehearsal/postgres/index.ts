export {postgresMajor} from './binaries.ts';
export {type RunningPostgres, startPostgres} from './postgres.ts';
