export {withDatabase} from './connect.ts';
export {type PodTrust, storeOf} from './target.ts';
export type {Sql, StoreTarget} from './types.ts';
export {coloured, databaseTraceback, driverComplaint, longTraceback} from './words.ts';
