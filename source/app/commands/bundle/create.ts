import {Option} from 'commander';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {wholeNumber} from './bundle-path.ts';
import type {CreateFlags} from './create-flags.ts';

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Everything else is read only when a bundle is made. */
const work: Work<CreateFlags> = async (context, flags) => (await import('./create-work.ts')).work(context, flags);

/** `bundle create`: makes a bundle on the connected side. */
export const create: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('create')
		.description('make a bundle on a machine with internet: images, charts, programs, lists')
		.option('--spec <file>', 'what goes in (YAML); --example prints one')
		.option('--example', 'print a commented spec', false)
		.option('--control-plane <version>', 'version of the control plane')
		.option('--workspace <version>', 'version of workspace server and client; may be repeated', collect, [])
		.addOption(new Option('--vendor <registry>', "the vendor's registries").choices(['ecr', 'gar']))
		.option('--platform <platform>', 'e.g. linux/arm64 (default: linux/amd64); may be repeated', collect, [])
		.option('--image <reference>', 'a further image; may be repeated', collect, [])
		.option(
			'--client-tools <reference>',
			'image with pg_dump, mysqldump and the like; ENGINE=REFERENCE names its engine; may be repeated',
			collect,
			[],
		)
		.option('--strict', 'refuse images that charts name but nothing lists', false)
		.option('--release-notes <file>', 'is put in as RELEASE-NOTES.md')
		.option(
			'--with-tool <path>',
			'this tool as one executable, or the folder of a release with all of them; may be repeated',
			collect,
			[],
		)
		.option('--from <path>', 'take images from a docker save tar or a folder of them; may be repeated', collect, [])
		.option('--name <name:version>', 'what an image is called whose archive gives it no name')
		.option('--helm <program>', 'the helm that pulls the charts', 'helm')
		.option('--out <folder>', 'the bundle', 'zenml-air-gapped-bundle')
		.option('--dry-run', 'print what would be fetched, with bytes', false)
		.option('--json', 'the result as one line of JSON on standard output', false)
		.option('--concurrency <number>', 'blobs at the same time', wholeNumber(32), 4)
		.option('--docker-config <folder>', 'folder of the config.json with logins (default: ~/.docker)');
	withExamples(command, [
		'zenml-airgap bundle create --control-plane 0.13.18 --workspace 0.95.1 --dry-run',
		'zenml-airgap bundle create --spec bundle.yaml --out ./zenml-air-gapped-bundle',
	]).action((flags: CreateFlags) => ask(stoppable(work, 'What was fetched stays; it goes on from there.'), flags));
};
