export {createHelm} from './helm.ts';
export {secretTexts} from './mask.ts';
export {createChartPuller} from './pull.ts';
export {renderingOnce} from './render-once.ts';
export {packRevision, unpackRevision} from './stored/packed.ts';
export {readingStored} from './stored/reading-stored.ts';
export type {HelmPort, Release} from './types.ts';
