export {createHelm, type HelmOptions} from './helm.ts';
export type {HelmPort, Release, ReleaseStatus, RollbackOptions} from './types.ts';
