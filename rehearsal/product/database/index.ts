export {withDatabase} from './connect.ts';
export {logInFromPod, podRefusalOf} from './pod-login.ts';
export {UnknownRevision} from './revisions.ts';
export {storeOf} from './target.ts';
export type {StoreTarget} from './types.ts';
export {coloured, databaseTraceback, driverComplaint, longTraceback} from './words.ts';
