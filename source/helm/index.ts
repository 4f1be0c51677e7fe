export {createHelm} from './helm.ts';
export {secretTexts} from './mask.ts';
export {createChartPuller} from './pull.ts';
export {renderingOnce} from './render-once.ts';
export type {HelmPort, Release} from './types.ts';
