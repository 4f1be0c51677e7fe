import {InvalidArgumentError, Option} from 'commander';
import type {AddCommand, Work} from '../command.ts';
import {formerOption, withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import type {PushOptions} from './push-site.ts';

const wholeNumber = (text: string): number => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1 || value > 32)
		throw new InvalidArgumentError('It must be a number from 1 to 32.');
	return value;
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Everything else is read only when something is pushed. */
const work: Work<PushOptions> = async (context, options) =>
	(await import('./push-work.ts')).pushBundle(context, options);

/** `registry push`: the images of a bundle, without an install. */
export const push: AddCommand = ({registry}, ask) => {
	const command = registry
		.command('push')
		.description('push the images of a bundle, of a folder of archives, or of one archive')
		.option('--answers <file>', 'answer file (YAML): bundle and registry are taken from it')
		.option('--set <key=value>', 'set one answer, e.g. --set registry.prefix=zenml; may be repeated', collect, [])
		.option('--bundle <path>', 'bundle, folder of image archives, archive of docker save, or OCI layout')
		.option('--name <name:version>', 'what an image is called whose archive gives it no name')
		.option('--registry <host/prefix>', 'where to push, e.g. registry.mycompany.com/zenml')
		.option('--platform <platform>', 'which platform of each image, e.g. linux/arm64, or all (default: linux/amd64)')
		.addOption(
			new Option('--compress <algorithm>', 'compress raw layers on this host first, for slow links').choices([
				'none',
				'gzip',
				'zstd',
			]),
		)
		.option('--push-host <host>', 'push under this name instead; images are still named by --registry')
		.option('--username <name>', 'login')
		.option('--password-ref <reference>', 'password or token of that login: env:NAME or file:PATH')
		.option('--ca <file>', 'CA certificate of the registry (PEM)')
		.option('--client-certificate <file>', 'client certificate (PEM)')
		.option('--client-key <file>', 'its private key (PEM)')
		.option('--public-key <file|line>', 'public key that must have signed the bundle: its file, or the line in it')
		.option('--concurrency <number>', 'layers at the same time (default: 4)', wholeNumber)
		.option('--bandwidth <bytes>', 'most bytes a second, e.g. 20MiB')
		.option('--plain-http', 'no TLS; for a registry on this host only', false)
		.option('--state-dir <folder>', 'where is kept which uploads can be gone on with, and what failed')
		.option('--json', 'the result as one line of JSON on standard output', false)
		.addOption(formerOption('--to <host/prefix>', 'registry'))
		.addOption(formerOption('--limit-rate <bytes>', 'bandwidth'));
	withExamples(command, [
		'zenml-airgap registry push --bundle ./zenml-air-gapped-bundle --registry registry.mycompany.com/zenml',
		'zenml-airgap registry push --answers answers.yaml --bandwidth 20MiB',
	]).action((options: PushOptions) => ask(stoppable(work, 'What is at the registry stays there.'), options));
};
