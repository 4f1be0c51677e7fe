import {plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

type PlanOptions = GlobalOptions & {readonly details: boolean};

const work: Work<PlanOptions> = async (context, {details, ...options}) => {
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	return runPlanCommand(
		context,
		{name: 'plan', plan: plans.install, pass: 'look', details, own: details ? ['--details'] : []},
		options,
	);
};

/** `plan`: looks at the install and changes nothing. */
export const plan: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'plan',
		description: 'dry run: what differs from the answers and what would be done',
		examples: [
			'zenml-airgap plan --answers answers.yaml --until databases',
			'zenml-airgap plan --answers answers.yaml --details',
		],
	})
		.option('--details', 'values, manifests and SQL of each change, compared with what is there', false)
		.action((options: PlanOptions) => ask(work, options));
};
