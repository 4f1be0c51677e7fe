import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gunzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {packChart} from '../../../rehearsal/sample-bundle/index.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {readChart} from '../../../source/bundle/open/chart.ts';
import {
	bundleFiles,
	classic,
	layer,
	type Member,
	modern,
	never,
	problemOf,
	tarOf,
	temporary,
	writeFiles,
} from '../helpers.ts';

const name = 'images/zenml-pro-api.tar';
const reference = 'vendor.example.com/zenml-pro-api:0.13.18';

/** Opens and verifies a bundle with one archive replaced; it must be refused, and the file named. */
const refusal = async (archive: Buffer) => {
	const directory = await temporary();
	await writeFiles(directory, {...(await bundleFiles()), [name]: archive});
	const problem = await problemOf(createBundlePort({path: directory}).verify({signal: never, onProgress: () => {}}));
	expect(problem.area).toBe('bundle');
	expect(JSON.stringify(problem)).toContain(name);
	expect(problem.fix).not.toBe('');
	return problem;
};

const image = async () => ({reference, layers: [await layer('base'), await layer('api')]});
const change = async (edit: (members: Record<string, Member>) => unknown, form = modern) => {
	const members = form([await image()]);
	edit(members);
	return tarOf(members);
};
const manifestWith = (patch: Record<string, unknown>) => (members: Record<string, Member>) => {
	const [entry] = JSON.parse(String(members['manifest.json']));
	members['manifest.json'] = JSON.stringify([{...entry, ...patch}]);
};
/** Rewrites the size field of the first header that has this name, with a right checksum. */
const withSize = (tar: Buffer, size: string): Buffer => {
	const copy = Buffer.from(tar);
	copy.write(size.padStart(11, '0'), 512 + 124, 'latin1');
	copy.fill(32, 512 + 148, 512 + 156);
	const sum = copy.subarray(512, 1024).reduce((total, byte) => total + byte, 0);
	copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 512 + 148, 'latin1');
	return copy;
};

const cases: ReadonlyArray<readonly [string, string, () => Promise<Buffer>]> = [
	['an empty file', 'bundle-archive-truncated', async () => Buffer.alloc(0)],
	['a file that is no tar', 'bundle-archive-damaged', async () => Buffer.from('hello '.repeat(500))],
	['a tar of nothing', 'bundle-archive-incomplete', async () => Buffer.alloc(10_240)],
	[
		'a header with a wrong checksum',
		'bundle-archive-damaged',
		async () => Buffer.from((await change(() => {})).fill('X', 512, 520)),
	],
	[
		'a member that claims more bytes than follow',
		'bundle-archive-truncated',
		async () => withSize(await change(() => {}), '77777777'),
	],
	[
		'a size of eight gigabytes',
		'bundle-archive-truncated',
		async () => withSize(await change(() => {}), '77777777777'),
	],
	[
		'no manifest.json and no index.json',
		'bundle-archive-incomplete',
		() => change((members) => delete members['manifest.json'] && delete members['index.json']),
	],
	[
		'a manifest.json that is not JSON',
		'bundle-archive-damaged',
		() => change((members) => Object.assign(members, {'manifest.json': '[{'})),
	],
	[
		'a manifest.json of another shape',
		'bundle-archive-damaged',
		() => change((members) => Object.assign(members, {'manifest.json': '{"a":1}'})),
	],
	[
		'a manifest.json that lists nothing',
		'bundle-archive-damaged',
		() => change((members) => Object.assign(members, {'manifest.json': '[]'})),
	],
	[
		'a manifest.json over 4 MiB',
		'bundle-archive-damaged',
		() => change((members) => Object.assign(members, {'manifest.json': `[${' '.repeat(4_300_000)}]`})),
	],
	[
		'a manifest.json nested without end',
		'bundle-archive-damaged',
		() => change((members) => Object.assign(members, {'manifest.json': '['.repeat(1_000_000)})),
	],
	[
		'a config that leads out of the archive',
		'bundle-archive-unsafe',
		() => change(manifestWith({Config: '../../etc/passwd'})),
	],
	[
		'a layer with an absolute path',
		'bundle-archive-unsafe',
		() => change(manifestWith({Layers: ['/etc/shadow', 'x']})),
	],
	[
		'a member that leads out of the archive',
		'bundle-archive-unsafe',
		() => change((members) => Object.assign(members, {'../../evil': 'x'})),
	],
	[
		'a link that leads out of the archive',
		'bundle-archive-unsafe',
		() =>
			change((members) => {
				members['a/layer.tar'] = {symlink: '../../../etc/shadow'};
				manifestWith({Layers: ['a/layer.tar', 'a/layer.tar']})(members);
			}, classic),
	],
	[
		'links in a circle',
		'bundle-archive-unsafe',
		() =>
			change((members) => {
				members['a/layer.tar'] = {symlink: '../b/layer.tar'};
				members['b/layer.tar'] = {symlink: '../a/layer.tar'};
				manifestWith({Layers: ['a/layer.tar', 'b/layer.tar']})(members);
			}, classic),
	],
	[
		'fewer layers than the configuration has',
		'bundle-archive-damaged',
		() =>
			change((members) => {
				const [{Layers}] = JSON.parse(String(members['manifest.json']));
				manifestWith({Layers: Layers.slice(1)})(members);
			}, classic),
	],
	[
		'a layer that is listed but not there',
		'bundle-archive-incomplete',
		() =>
			change((members) => {
				const [{Layers}] = JSON.parse(String(members['manifest.json']));
				delete members[Layers[1]];
			}),
	],
	[
		'a configuration that is not what its name says',
		'bundle-digest-mismatch',
		() =>
			change((members) => {
				const [{Config}] = JSON.parse(String(members['manifest.json']));
				members[Config] = String(members[Config]).replace('amd64', 'arm64');
			}),
	],
	[
		'a configuration that is no configuration',
		'bundle-archive-damaged',
		() =>
			change((members) => {
				members['x.json'] = '{"hello":1}';
				manifestWith({Config: 'x.json'})(members);
			}),
	],
	[
		'layers in another order than the configuration has',
		'bundle-digest-mismatch',
		() =>
			change((members) => {
				const [{Layers}] = JSON.parse(String(members['manifest.json']));
				manifestWith({Layers: [...Layers].reverse()})(members);
				delete members['index.json'];
			}),
	],
	[
		'a layer of the classic form with other bytes',
		'bundle-checksum-mismatch',
		() =>
			change((members) => {
				const [{Layers}] = JSON.parse(String(members['manifest.json']));
				const bytes = Buffer.from(members[Layers[0]] as Buffer);
				bytes[600] = 33;
				members[Layers[0]] = bytes;
			}, classic),
	],
	[
		'a pax header that does not add up',
		'bundle-archive-damaged',
		async () => {
			const tar = await tarOf({[`${'é'.repeat(80)}`]: 'x'});
			const rest = await change(() => {});
			tar.fill('9', 512, 514);
			return Buffer.concat([tar.subarray(0, tar.length - 1024), rest]);
		},
	],
];

describe('an archive that cannot be right is refused by a cause, never by a crash', () => {
	test.each(cases)('%s', async (_what, code, make) => {
		expect((await refusal(await make())).code).toBe(code);
	});

	test('a cut at any place is refused, or warned of when nothing that the archive names is lost', async () => {
		for (const form of [modern, classic]) {
			const whole = await tarOf(form([await image()]));
			let warned = 0;
			for (let at = 0; at < whole.length - 1024; at += 509) {
				const directory = await temporary();
				await writeFiles(directory, {...(await bundleFiles()), [name]: whole.subarray(0, at)});
				const port = createBundlePort({path: directory});
				const outcome = await port
					.verify({signal: never, onProgress: () => {}})
					.catch((error: unknown) => problemOf(Promise.reject(error)));
				if ('files' in outcome) {
					warned++;
					expect((await port.open(never)).warnings).toContainEqual(expect.stringContaining(`${name} lacks its end`));
				} else expect(['bundle-archive-truncated', 'bundle-archive-incomplete']).toContain(outcome.code);
			}
			expect(warned).toBeLessThan(6);
		}
	});

	test('a flipped byte anywhere is either found or changes nothing that is pushed', async () => {
		const whole = await tarOf(classic([await image()]));
		const directory = await temporary();
		const files = await bundleFiles();
		await writeFiles(directory, {...files, [name]: whole});
		const digestsOf = async () => {
			const port = createBundlePort({path: directory});
			await port.verify({signal: never, onProgress: () => {}});
			const {images} = await port.open(never);
			return images.find((one) => one.name === 'zenml-pro-api')?.blobs.map(({digest}) => digest);
		};
		const good = await digestsOf();
		let refused = 0;
		for (let at = 3; at < whole.length; at += 211) {
			const copy = Buffer.from(whole);
			copy[at] = (copy[at] ?? 0) ^ 0x41;
			await writeFile(join(directory, name), copy);
			const outcome = await digestsOf().catch(async (error: unknown) => problemOf(Promise.reject(error)));
			if (Array.isArray(outcome)) expect(outcome).toEqual(good);
			else {
				expect(outcome?.area).toBe('bundle');
				refused++;
			}
		}
		expect(refused).toBeGreaterThan(0);
	});
});

const unpacksAlike = (one: Buffer, other: Buffer): boolean => {
	try {
		return gunzipSync(one).equals(gunzipSync(other));
	} catch {
		return false;
	}
};

describe('a chart that cannot be right is refused by a cause', () => {
	test.each([
		['is not gzip', Buffer.from('nothing')],
		['is empty', Buffer.alloc(0)],
		['is cut', undefined],
	])('when it %s', async (_what, given) => {
		const directory = await temporary();
		const files = await bundleFiles();
		const chart = files['charts/zenml-0.95.1.tgz'] ?? Buffer.alloc(0);
		await writeFiles(directory, {...files, 'charts/zenml-0.95.1.tgz': given ?? chart.subarray(0, chart.length / 2)});
		const problem = await problemOf(createBundlePort({path: directory}).open(never));
		expect(problem).toMatchObject({code: 'bundle-chart-damaged', location: {file: 'charts/zenml-0.95.1.tgz'}});
	});

	test('when any byte of it is flipped, also where the tar in it fails before the compression does', async () => {
		const folder = fileURLToPath(new URL('../../../rehearsal/charts/zenml', import.meta.url));
		const {bytes} = await packChart(folder, '0.95.1');
		const file = join(await temporary(), 'zenml-0.95.1.tgz');
		for (let at = 12; at < bytes.length; at += 181) {
			const bad = Buffer.from(bytes);
			bad[at] = (bad[at] ?? 0) ^ 1;
			// The last byte of what is compressed has bits that count for nothing.
			if (unpacksAlike(bad, bytes)) continue;
			await writeFile(file, bad);
			const reading = readChart(
				{file, offset: 0, size: bad.length, label: 'zenml'},
				{packed: false, workDirectory: temporary, signal: never},
			);
			expect((await problemOf(reading)).code).toBe('bundle-chart-damaged');
		}
	});
});
