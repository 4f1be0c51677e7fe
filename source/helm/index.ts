export {createHelm, type HelmOptions} from './helm.ts';
export {type ChartPuller, createChartPuller} from './pull.ts';
export type {HelmPort, Release, ReleaseStatus} from './types.ts';
