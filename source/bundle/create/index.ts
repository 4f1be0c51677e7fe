/** Making a bundle on the connected side. */
export type {ChartPort} from './charts.ts';
export {type Needs, needsOf, type WriteOptions, writeBundle} from './create.ts';
export {exampleSpec} from './example.ts';
export {type BundlePlan, planBundle} from './plan.ts';
export {type BundleSpec, type CompleteSpec, specSchema} from './spec.ts';
export {completeSpec, readSpec, withPaths} from './spec-file.ts';
export {planTools} from './tools.ts';
export {platformName} from './types.ts';
