/** Making a bundle on the connected side. */
export {platformText} from '../../oci/platform.ts';
export type {ChartPort} from './charts/charts.ts';
export {type Needs, needsOf} from './contents.ts';
export {type Written, writeBundle} from './create.ts';
export type {BlobOutcome} from './fetch/fetch-blob.ts';
export {type BundlePlan, type PlanOptions, planBundle} from './plan.ts';
export {createProblems} from './problems.ts';
export {exampleSpec} from './spec/example.ts';
export {type BundleSpec, type CompleteSpec, specSchema} from './spec/spec.ts';
export {completeSpec, dotted, mustBe, readSpec, withPaths} from './spec/spec-file.ts';
export {type PlannedTools, planTools} from './tool/tools.ts';
export type {PlannedBlob} from './types.ts';
