import {Option} from 'commander';
import {faultNames, samples} from '../../../rehearsal/index.ts';
import type {RehearsalOptions} from '../rehearsal/run.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

const work: Work<RehearsalOptions> = async (context, options) => {
	const {runRehearsal} = await import('../rehearsal/run.ts');
	return runRehearsal(context, options);
};

/** `rehearse`: the real installer against a world that lives on this host only. */
export const rehearse: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'rehearse',
		description: 'run the installer against a cluster, registry and database that live on this host only',
		examples: [
			'zenml-airgap rehearse --fault wrong-database-password',
			'zenml-airgap rehearse --bundle ./zenml-air-gapped-bundle --answers answers.yaml',
			'zenml-airgap rehearse --non-interactive --json',
			'zenml-airgap rehearse --way-in gateway',
		],
	})
		.addOption(new Option('--fault <name>', 'play a failure').choices(faultNames))
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
		.addOption(new Option('--plan <plan>', 'what is done with it').choices(['install', 'upgrade']).default('install'))
		.option('--fresh', 'forget the world of an earlier rehearsal', false)
		.action((options: RehearsalOptions) => ask(work, options));
};
