import {plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

const work: Work<GlobalOptions> = async (context, options) => {
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	return runPlanCommand(context, {name: 'verify', plan: plans.install, pass: 'verify'}, options);
};

/** `verify`: tells every difference between an installation and its answers. */
export const verify: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'verify',
		description: 'check an installation against its answers; makes probe pods and removes them, changes nothing else',
		examples: [
			'zenml-airgap verify --answers answers.yaml',
			'zenml-airgap verify --non-interactive --answers answers.yaml --json',
		],
	}).action((options: GlobalOptions) => ask(work, options));
};
