export {withDatabase} from './connect.ts';
export {storeOf} from './target.ts';
export type {StoreTarget} from './types.ts';
export {coloured, databaseTraceback, driverComplaint, longTraceback} from './words.ts';
