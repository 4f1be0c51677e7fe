import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import type {InventoryOptions} from './inventory-work.ts';

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Everything else is read only when an inventory is taken. */
const work: Work<InventoryOptions> = async (context, options) =>
	(await import('./inventory-work.ts')).writeInventory(context, options);

/** `registry inventory`: what the target registry has, for a differential bundle. */
export const inventory: AddCommand = ({registry}, ask) => {
	const command = registry
		.command('inventory')
		.description('write down what a registry has, so that a differential bundle can leave it out')
		.requiredOption('--registry <host/prefix>', 'the registry, and the path before the names of the images')
		.option('--repository <name>', 'only this one, below the prefix; may be repeated', collect, [])
		.option('--username <name>', 'user of the registry (default: the login of docker or podman)')
		.option('--password-ref <reference>', 'where the password is: env:NAME or file:PATH')
		.option('--ca <file>', 'PEM of the CA of the registry, in addition to those of this host')
		.option('--plain-http', 'speak without TLS', false)
		.requiredOption('--out <file>', 'the inventory (JSON); carry it to the connected side');
	withExamples(command, [
		'zenml-airgap registry inventory --registry registry.mycompany.com/zenml --out inventory.json',
	]).action((options: InventoryOptions) => ask(stoppable(work, 'Nothing was written.'), options));
};
