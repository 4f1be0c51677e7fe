import {spawnSync} from 'node:child_process';
import {closeSync, existsSync, openSync} from 'node:fs';
import {cp, readdir, rm, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Rehearsal, startRehearsal} from '../../rehearsal/index.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {type Ended, makePlace, type Place, runQuietly} from './helpers/place.ts';

let program: Program;
let place: Place;
let world: Rehearsal;
let before: string;

const signal = new AbortController().signal;

/** Everything that an install could have made, with its versions. */
const clusterNow = async (): Promise<string> => {
	const cluster = createCluster({
		kubeconfig: path.join(world.directory, 'kubeconfig'),
		homeDirectory: place.folder,
		environment: {},
	});
	const kinds = ['Namespace', 'Secret', 'ConfigMap', 'Pod'];
	const found = await Promise.all(kinds.map(async (kind) => cluster.list({apiVersion: 'v1', kind}, signal)));
	return found
		.flat()
		.map(
			({kind, metadata}) =>
				`${kind ?? ''} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.resourceVersion ?? ''}`,
		)
		.join('\n');
};

beforeAll(async () => {
	program = await builtProgram();
	place = await makePlace(program);
	world = await startRehearsal({
		directory: path.join(place.folder, 'world'),
		pace: 'fast',
		bundleBytes: 240_000,
		fault: 'certificate-other-host',
		log: () => undefined,
	});
	await writeFile(path.join(place.work, 'answers.yaml'), JSON.stringify(world.answers));
	before = await clusterNow();
});
afterAll(async () => {
	await world.stop();
	await place.remove();
});

const install = async (...options: readonly string[]): Promise<Ended> =>
	runQuietly(
		[program.node, program.cli, 'install', '--non-interactive', '--state-dir', place.state, ...options],
		place,
	);
const installWith = async (...options: readonly string[]): Promise<Ended> =>
	install('--answers', 'answers.yaml', ...options);

describe('bad input ends with a cause, a fix and its exit code, and the cluster stays as it was', () => {
	const expectRefusal = async ({code, out, err}: Ended, exitCode: number, words: RegExp): Promise<void> => {
		const text = out + err;
		expect(text).toMatch(words);
		expect(text).toMatch(/why:/u);
		expect(text).toMatch(/do:/u);
		expect(text).not.toMatch(/\n\s+at .*\.js:\d+/u);
		expect(code).toBe(exitCode);
		expect(await clusterNow()).toBe(before);
	};

	test('no answers at all', async () => {
		await expectRefusal(await install(), 2, /There are no answers to work with\./u);
	});

	test('an answer file that is not YAML is told with file, line and column', async () => {
		await writeFile(path.join(place.work, 'broken.yaml'), 'version: 1\nregistry:\n  host: "registry\n');
		await expectRefusal(await install('--answers', 'broken.yaml'), 2, /broken\.yaml:[34]:\d+/u);
	});

	test('no bundle at that place', async () => {
		await expectRefusal(await installWith('--bundle', './nowhere'), 5, /nowhere/u);
	});

	test('a bundle of which a file was cut off', async () => {
		const bundle = path.join(place.work, 'damaged');
		await cp(path.join(world.directory, 'bundle'), bundle, {recursive: true});
		const files = await readdir(bundle, {recursive: true});
		const image = files.find((file) => file.endsWith('.tar') || file.endsWith('.tar.gz'));
		expect(image).toBeDefined();
		await truncate(path.join(bundle, image ?? ''), 4000);
		await expectRefusal(await installWith('--bundle', bundle), 5, new RegExp(path.basename(image ?? ''), 'u'));
		await rm(bundle, {recursive: true});
	});

	test('no kubeconfig at that place', async () => {
		await expectRefusal(await installWith('--kubeconfig', './no-kubeconfig'), 2, /no-kubeconfig/u);
	});

	test('a context that the kubeconfig does not know', async () => {
		await expectRefusal(await installWith('--context', 'elsewhere'), 2, /elsewhere/u);
	});

	test('a certificate for another host', async () => {
		await expectRefusal(await installWith(), 3, /zenml-pro\.rehearsal\.internal/u);
	});

	test.runIf(existsSync('/dev/full'))('a disk that is full does not pass for output that was written', () => {
		const full = openSync('/dev/full', 'w');
		try {
			const {status, stderr} = spawnSync(program.node, [program.cli, 'answers', 'init'], {
				stdio: ['ignore', full, 'pipe'],
				encoding: 'utf8',
			});
			expect(stderr).toContain('The output could not be written: ENOSPC');
			expect(status).toBe(2);
		} finally {
			closeSync(full);
		}
	});

	test('an option that does not exist', async () => {
		const {code, err} = await install('--answer', 'x');
		expect(err).toContain('--answers');
		expect(code).toBe(2);
	});
});
