import {plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import {appProblems} from '../base/problems.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';
import {isUnattended} from './unattended.ts';

type Given = {
	readonly component: string;
	readonly options: GlobalOptions & {readonly look: boolean; readonly acceptLoss: boolean};
};

const work: Work<Given> = async (context, {component, options}) => {
	const {look, acceptLoss} = options;
	if (!look && !acceptLoss && isUnattended(context, options)) throw appProblems.error('back-not-accepted', {component});
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	const load = async () => (await import('../../plans/back.ts')).backPlan(component);
	const own = [...(look ? ['--look'] : []), ...(acceptLoss ? ['--accept-loss'] : [])];
	const command = {name: `back ${component}`, plan: {...plans.back, load}, pass: look ? 'look' : 'apply'} as const;
	return runPlanCommand(context, {...command, own}, options);
};

/** `back`: the revision of a component and the dump of its database from before an upgrade, both or neither. */
export const back: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'back',
		argument: ['<component>', 'controlPlane, or the name of a workspace'],
		description: 'bring back a component after a failed upgrade: its release and the dump of its database',
		plan: plans.back,
		examples: [
			'zenml-airgap back default --answers answers.yaml --look',
			'zenml-airgap back controlPlane --answers answers.yaml --non-interactive --accept-loss',
		],
	})
		.option('--look', 'say what would come back and what would be lost, and change nothing', false)
		.option('--accept-loss', 'agree that what was written since the dump is lost; needed where nobody is asked', false)
		.action((component: string, options: Given['options']) => ask(work, {component, options}));
};
