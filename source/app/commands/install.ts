import {plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

const work: Work<GlobalOptions> = async (context, options) => {
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	return runPlanCommand(context, {name: 'install', plan: plans.install, pass: 'apply'}, options);
};

/** `install`: goes through the install until the world fits the answers; the default. */
export const install: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'install',
		description: 'install, or go on with an install that was stopped (the default)',
		isDefault: true,
		examples: [
			'zenml-airgap install --answers answers.yaml',
			'zenml-airgap install --non-interactive --answers answers.yaml --set controlPlane.replicas=2',
		],
	}).action((options: GlobalOptions) => ask(work, options));
};
