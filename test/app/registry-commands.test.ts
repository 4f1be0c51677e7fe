import {execFileSync} from 'node:child_process';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {registryCommandProblems} from '../../source/app/base/registry-problems.ts';
import {type InventoryOptions, writeInventory} from '../../source/app/commands/registry/inventory-work.ts';
import type {PushOptions} from '../../source/app/commands/registry/push-site.ts';
import {pushBundle} from '../../source/app/commands/registry/push-work.ts';
import {serve} from '../registry/helpers.ts';
import {casesOf, expectTold, nameOf, type Row} from '../registry/told.ts';
import {createStage} from './stage.ts';

const staged = async () => {
	const stage = await createStage();
	onTestFinished(stage.remove);
	return stage;
};

/** Nothing listens on port 1: an attempt to ask would be another refusal. */
const taking = async (options: Partial<InventoryOptions>) => {
	const {context} = await staged();
	return writeInventory(context, {
		registry: '127.0.0.1:1/zenml',
		repository: [],
		plainHttp: true,
		out: 'inventory.json',
		...options,
	});
};
const pushing = async (options: Partial<PushOptions>, answers = '') => {
	const stage = await staged();
	const file = answers === '' ? {} : {answers: await stage.write('answers.yaml', answers)};
	return pushBundle(stage.context, {
		set: [],
		plainHttp: false,
		json: false,
		bundle: '/nonexistent',
		...file,
		...options,
	});
};

const rows: readonly Row[] = [
	{
		code: 'push-target-invalid',
		provoke: () => pushing({registry: 'https://registry.example.com/zenml'}),
		cause: 'It is a URL; references to images have none of that.',
		fix: 'Write host or host:port, then the path: registry.mycompany.com/zenml',
	},
	{
		code: 'push-answers-missing',
		provoke: () => pushing({}),
		cause: 'Neither the command line nor the answer file says so.',
		fix: 'Name the registry with --registry host/prefix, or an answer file with --answers.',
	},
	{
		code: 'push-login-half',
		provoke: () =>
			pushing(
				{registry: 'other.example.com/zenml', username: 'other'},
				'registry: {host: registry.example.com, username: robot, password: env:PASSWORD}\n',
			),
		cause: 'The answer file has the login of another registry, registry.example.com; it is not used for this one.',
		fix: 'Give --username and --password-ref together.',
	},
	{
		code: 'inventory-name',
		provoke: () => taking({repository: ['Zenml']}),
		cause: 'Paths have lower-case letters, digits and single . _ - between them, in parts joined by /.',
		fix: 'Write --registry HOST[:PORT][/PREFIX] without https://, and --repository with the path below the prefix.',
	},
	{
		code: 'inventory-password-ref',
		provoke: () => taking({username: 'robot', passwordRef: 'secret'}),
		cause: 'A password itself on a command line is seen by every user of this host.',
		fix: 'Put it into a file that only you can read, and give --password-ref file:PATH.',
	},
	{
		code: 'inventory-login',
		provoke: () => taking({username: 'robot'}),
		cause: 'One of the two was given.',
		fix: 'Give both, or none to use the login of docker or podman.',
	},
	{
		code: 'inventory-unwritable',
		case: 'folder',
		provoke: () => taking({out: '.'}),
		cause: 'It is a folder.',
		fix: 'Name a file with --out.',
	},
	{
		code: 'inventory-unwritable',
		case: 'device',
		provoke: async () => {
			const {context, folder} = await staged();
			const pipe = path.join(folder, 'pipe');
			execFileSync('mkfifo', [pipe]);
			return writeInventory(context, {registry: '127.0.0.1:1', repository: [], plainHttp: true, out: pipe});
		},
		cause: 'It is a device or a pipe.',
		fix: 'Name a file with --out.',
	},
	{
		code: 'inventory-unwritable',
		case: 'failed',
		provoke: async () => {
			const {host} = await serve({users: []});
			return taking({registry: host, out: 'no/such/folder/inventory.json'});
		},
		cause: 'Writing it failed. Its folder does not exist.',
		fix: 'Name another file with --out.',
	},
];

describe('each refusal of the commands beside a registry is told with its cause and its fix', () => {
	test.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
		await expectTold(row);
	});

	test('and there is none that no test provokes', () => {
		expect(rows.map(nameOf).sort()).toEqual([...casesOf(registryCommandProblems.table)].sort());
	});
});

test('an inventory of nothing is written, and told, by its command line', async () => {
	const {host} = await serve({users: []});
	const stage = await staged();
	const words = ['registry', 'inventory', '--registry', `${host}/zenml`, '--plain-http', '--out', 'inventory.json'];
	const taken = await stage.run(...words);
	expect(taken).toMatchObject({code: 0, out: expect.stringContaining('inventory.json: 0 repositories, 0 tags')});
	expect(taken.err).toContain(`Nothing was found below ${host}/zenml: is the prefix right?`);
});
