export {auditProblem, auditValues} from './audit.ts';
export {type ChartContents, readChart} from './contents.ts';
export {type ControlPlaneSecrets, controlPlaneValues} from './control-plane.ts';
export {type DatabaseCharts, engineProblems} from './databases.ts';
export {type Effects, findEffects, shapeOf} from './effect/find.ts';
export {leavesOf, nameOfPath} from './effect/leaves.ts';
export {createEffectMemo, type EffectMemo} from './effect/memo.ts';
export {effectProblem, effectWarnings} from './effect/verdict.ts';
export {imagesFit} from './image-versions.ts';
export {jumpsFit} from './jumps.ts';
export {knows} from './keys.ts';
export {operatorProblems, operatorProblemsAlone, operatorWarnings, unfitValues} from './operator/audit.ts';
export {environmentProblems, runnerProblems} from './operator/environment.ts';
export {mergeValues} from './operator/merge.ts';
export {readOperatorValues, type ValuesFile} from './operator/read.ts';
export {setByChart, variablesIn, variablesUndoing, withoutVariables} from './operator/variables.ts';
export {type Inspection, inspectRendered, type RenderedObject} from './rendered.ts';
export {readObjects} from './rendered-objects.ts';
export {
	type ImagePlaces,
	imageOf,
	imagePlaces,
} from './shared.ts';
export {tolerationsOf} from './tolerations.ts';
export {kubeVersionFits, versionsFit} from './versions.ts';
export {makesHttpRoute, withIngress} from './way-in.ts';

export {type Enrollment, type WorkspaceSecrets, workspaceRoot, workspaceValues} from './workspace.ts';
