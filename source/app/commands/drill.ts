import {plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

type DrillGiven = {
	readonly id?: string | undefined;
	readonly options: GlobalOptions & {readonly look: boolean; readonly clean: boolean};
};

/** Headless by nature: there is nothing to be asked for. */
const cleanWork: Work<GlobalOptions> = async (context, options) => {
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	return runPlanCommand(context, {name: 'drill', plan: plans['drill-clean'], pass: 'apply', own: ['--clean']}, options);
};

/** The one word that is no backup: its database is failed over, and watched meanwhile. */
const failover = 'failover';

const failoverWork: Work<DrillGiven['options']> = async (context, options) => {
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	const own = options.look ? ['--look'] : [];
	const pass = options.look ? 'look' : 'apply';
	return runPlanCommand(context, {name: 'drill failover', plan: plans.failover, pass, own}, options);
};

const work: Work<DrillGiven> = async (context, {id, options}) => {
	if (id === failover) return failoverWork(context, options);
	if (options.clean) return cleanWork(context, options);
	const {runPlanCommand} = await import('../plan/plan-command.ts');
	const load = async () => (await import('../../plans/drill.ts')).drillPlan(id);
	const name = id === undefined ? 'drill' : `drill ${id}`;
	const own = options.look ? ['--look'] : [];
	return runPlanCommand(
		context,
		{name, plan: {...plans.drill, load}, pass: options.look ? 'look' : 'apply', own},
		options,
	);
};

/** `drill`: a restore into scratch databases and servers, looked at, written down and removed again. */
export const drill: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'drill',
		argument: ['[id]', 'a backup, by default the newest whole one; or failover, to watch one of the database'],
		description: 'restore a backup into scratch databases and servers, look at them, and remove them again',
		plan: plans.drill,
		examples: [
			'zenml-airgap drill --answers answers.yaml',
			'zenml-airgap drill 20260131T183000Z-0a1b2c --non-interactive',
			'zenml-airgap drill failover',
			'zenml-airgap drill --clean',
		],
	})
		.option('--look', 'say what the drill would do, and change nothing', false)
		.option('--clean', 'only remove what an earlier drill left behind', false)
		.action((id: string | undefined, options: DrillGiven['options']) => ask(work, {id, options}));
};
