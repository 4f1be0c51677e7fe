import {Argument, type Command, Option} from 'commander';
import {type FaultName, type FaultOrder, faultNames, samples} from '../../../rehearsal/index.ts';
import {type PlanEntry, plans} from '../../plans/index.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';
import type {PlanName} from '../rehearsal/scenes.ts';
import type {RehearsalOptions} from '../rehearsal/world.ts';
import type {AddCommand, Ask, Work} from './command.ts';
import {addTopCommand, withExamples} from './shared-options.ts';
import {isUnattended} from './unattended.ts';

/** Does the plan want a word that what it takes away is lost, as the command does that it rehearses? */
const wantsWord = ({words}: PlanEntry): boolean => words.consent !== undefined;

const work: Work<RehearsalOptions> = async (context, options) => {
	const {plan, acceptLoss} = options;
	// A line that was tried here has to do at the real site.
	if (wantsWord(plans[plan]) && !acceptLoss && isUnattended(context, options))
		throw rehearsalRunProblems.error('rehearsal-not-accepted', {plan});
	const {runRehearsal} = await import('../rehearsal/run.ts');
	return runRehearsal(context, options);
};

type FaultGiven = FaultOrder & Pick<RehearsalOptions, 'stateDir'>;

const faultWork: Work<FaultGiven> = async (context, {stateDir, ...order}) => {
	const [{giveOrder}, {stateDirectoryOf}] = await Promise.all([
		import('../rehearsal/orders.ts'),
		import('../answers/inputs.ts'),
	]);
	const lines = await giveOrder(context, stateDirectoryOf(context, {stateDir}, 'rehearsal'), order);
	for (const line of lines) context.out(`${line}\n`);
	return 0;
};

/** `rehearse fault`: breaks something in a world that is up, or mends it in the place of those who would. */
const addFault = (rehearsals: Command, ask: Ask): void => {
	const command = rehearsals
		.command('fault')
		.description('switch a fault on or off in a rehearsal that is under way in another shell')
		.addArgument(new Argument('<name>', 'what is broken').choices(faultNames))
		.addArgument(new Argument('<switch>', 'on, in the place of the one that is on, or off').choices(['on', 'off']))
		.option('--state-dir <folder>', 'the state folder of that rehearsal');
	withExamples(command, [
		'zenml-airgap rehearse fault pod-crash-loop on',
		'zenml-airgap rehearse fault dns-missing off',
	]).action((name: FaultName, state: string, {stateDir}: Pick<RehearsalOptions, 'stateDir'>) =>
		ask(faultWork, {name, on: state === 'on', stateDir}),
	);
};

/** `rehearse`: the real installer against a world that lives on this host only. */
export const rehearse: AddCommand = ({program}, ask) => {
	const command = addTopCommand(program, {
		name: 'rehearse',
		description: 'go through a plan against a cluster, registry and databases that live on this host only',
		examples: [
			'zenml-airgap rehearse --fault wrong-database-password',
			'zenml-airgap rehearse --bundle ./zenml-air-gapped-bundle --answers answers.yaml',
			'zenml-airgap rehearse --non-interactive --json',
			'zenml-airgap rehearse --serve',
			'zenml-airgap rehearse --way-in gateway',
			'zenml-airgap rehearse upgrade --fault migration-fails',
			'zenml-airgap rehearse restore --non-interactive --accept-loss',
		],
		takesWords: true,
	});
	addFault(command, ask);
	command
		.enablePositionalOptions()
		.addArgument(new Argument('[plan]', 'what is rehearsed').choices(Object.keys(plans)).default('install'))
		.addOption(
			new Option('--fault <name>', 'play a failure; the world keeps it until it is mended').choices(faultNames),
		)
		.addOption(
			new Option('--pace <pace>', 'how fast the rehearsed cluster and people are')
				.choices(['real', 'fast'])
				.default('real'),
		)
		.addOption(
			new Option('--mysql <server>', 'never a real MySQL of this host, or one from packages of Debian').choices([
				'played',
				'unpacked',
			]),
		)
		.addOption(
			new Option(
				'--client-tools <programs>',
				'programs of the databases in pods of client tools: from packages of Debian, or no such image',
			).choices(['unpacked', 'none']),
		)
		.addOption(
			new Option(
				'--way-in <kind>',
				'how the rehearsed cluster lets requests in, by default as the answers say',
			).choices(['ingress', 'gateway', 'route']),
		)
		.addOption(
			new Option('--sample <bundle>', 'which sample bundle is carried in: an upgrade leads from the older to the newer')
				.choices(samples)
				.default('newer'),
		)
		.addOption(new Option('--storage <server>', 'play a server for artifacts as well').choices(['s3']))
		.option('--accept-loss', 'agree to what back and restore take away; needed where nobody is asked', false)
		.option('--serve', 'keep the cluster and its servers up for other shells until Ctrl-C; goes through nothing', false)
		.option('--fresh', 'forget the world of an earlier rehearsal', false)
		.action((plan: PlanName, options: Omit<RehearsalOptions, 'plan'>) => ask(work, {...options, plan}));
};
