import {plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

type UpgradeOptions = GlobalOptions & {readonly look: boolean};

const work: Work<UpgradeOptions> = async (context, options) => {
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	const pass = options.look ? 'look' : 'apply';
	return runPlanCommand(context, {name: 'upgrade', plan: plans.upgrade, pass}, options);
};

/** `upgrade`: from what is installed to the bundle that was carried in. */
export const upgrade: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'upgrade',
		description: 'upgrade what is installed to a newer bundle, or go on with an upgrade that was stopped',
		examples: [
			'zenml-airgap upgrade --answers answers.yaml --bundle ./new-bundle --look',
			'zenml-airgap upgrade --answers answers.yaml --bundle ./new-bundle',
		],
		plan: plans.upgrade,
	})
		.option('--look', 'dry run: versions, notes, differences of every object, what restarts; changes nothing', false)
		.action((options: UpgradeOptions) => ask(work, options));
};
