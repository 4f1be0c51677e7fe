import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import {planBundle} from '../../../source/bundle/create/plan.ts';
import {layer, modern, tarOf, writeFiles} from '../helpers.ts';
import {called, ociLayout} from '../images/oci.ts';
import {chartsIn, never, plainSource, problemOf, quietCharts, specOf, temporary} from './helpers.ts';

const host = 'mirror.example.com';
const names = ['zenml-pro-api:0.13.18', 'zenml-pro-dashboard:0.13.18', 'zenml-pro-server:0.95.1', 'zenml:0.95.1'];

let folder: string;
beforeEach(async () => {
	folder = await temporary();
});

/** The four images of one platform, as `docker save` puts them into one archive. */
const save = async (name: string, architecture: string, content = 'app'): Promise<string> => {
	const images = names.map(async (one) => ({
		reference: `${host}/zenml/${one}`,
		layers: [await layer(`${content}-${architecture}-${one.replace(/:.*$/u, '')}`)],
		architecture,
	}));
	const file = join(folder, name);
	await writeFile(file, await tarOf(modern(await Promise.all(images))));
	return file;
};

const plan = async (from: readonly string[], platforms: readonly string[] = ['linux/amd64'], name?: string) => {
	const charts = await temporary();
	await chartsIn(charts);
	return planBundle({
		spec: specOf(host, charts, {platforms, attachedSboms: false}),
		from,
		name,
		source: plainSource(),
		charts: quietCharts(),
		tools: async () => ({tools: [], papers: [], notes: []}),
		onLook: () => undefined,
		signal: never,
	});
};

test('an archive without one of several platforms is refused, not taken for all of them', async () => {
	const both = ['linux/amd64', 'linux/arm64'];
	const [amd, arm] = [await save('amd64.tar', 'amd64'), await save('arm64.tar', 'arm64')];
	for (const from of [[amd], [amd, arm]]) {
		expect(await problemOf(plan(from, both))).toMatchObject({
			code: 'bundle-create-platform',
			message: 'zenml-pro-api:0.13.18 in amd64.tar is not there for linux/arm64.',
			cause: 'It is there for linux/amd64.',
		});
	}
});

test('an image that lies in two archives is in the bundle once', async () => {
	const {images, notes} = await plan([await save('a.tar', 'amd64'), await save('b.tar', 'amd64')]);
	expect(images.map(({name}) => name)).toEqual(['zenml-pro-api', 'zenml-pro-dashboard', 'zenml-pro-server', 'zenml']);
	expect(notes).toEqual([]);
});

test('two archives with different images of one name are refused: the bundle could not be opened', async () => {
	const from = [await save('a.tar', 'amd64'), await save('b.tar', 'amd64', 'other')];
	expect(await problemOf(plan(from))).toMatchObject({
		code: 'bundle-create-archives-differ',
		message: expect.stringContaining(`${host}/zenml/zenml-pro-api:0.13.18`),
	});
});

test('a folder without archives is refused, not passed over', async () => {
	const empty = await temporary();
	expect(await problemOf(plan([await save('a.tar', 'amd64'), empty]))).toMatchObject({
		code: 'bundle-no-images',
		message: `There is no image in ${empty}.`,
	});
});

test('an OCI layout in a folder is an archive, and so are those in the folder images of a bundle', async () => {
	const layout = join(folder, 'layout');
	const api = modern([{reference: `${host}/zenml/zenml-pro-api:0.13.18`, layers: [await layer('from-a-layout')]}]);
	const files = Object.entries(api).flatMap(([name, content]) =>
		typeof content === 'string' || Buffer.isBuffer(content) ? [[name, content] as const] : [],
	);
	await writeFiles(layout, Object.fromEntries(files));
	const bundle = join(folder, 'bundle');
	const rest = await save('a.tar', 'amd64');
	await writeFiles(bundle, {'images/a.tar': await readFile(rest), 'images/readme.txt': 'no archive'});
	expect((await plan([bundle])).images.map(({from}) => from)).toEqual(Array(4).fill('archive'));
	const refused = await problemOf(plan([bundle, layout]));
	expect(refused).toMatchObject({
		code: 'bundle-create-archives-differ',
		message: `The archives of --from hold two different images called ${host}/zenml/zenml-pro-api:0.13.18.`,
	});
});

test('an image that was saved by its id is given its name, and what is no image is told', async () => {
	const oci = ociLayout();
	const [further, {at}] = [await oci.image('further'), await oci.image('named')];
	const chart = oci.manifest(oci.put({}, 'application/vnd.cncf.helm.config.v1+json'), []);
	const file = join(folder, 'more.tar');
	await writeFile(file, await tarOf(oci.with([further.at, called(at, 'v/named:1'), called(chart, 'v/chart:1')])));
	const from = [await save('a.tar', 'amd64'), file];
	expect((await problemOf(plan(from))).code).toBe('bundle-image-unnamed');
	const {images, notes} = await plan(from, undefined, 'v/further:2');
	expect(images.map(({name, tag}) => `${name}:${tag}`)).toEqual(expect.arrayContaining(['named:1', 'further:2']));
	expect(notes).toContain(
		'v/chart:1 in more.tar was left out: it is an artifact (application/vnd.cncf.helm.config.v1+json), no image.',
	);
	expect(await problemOf(plan([await save('b.tar', 'amd64')], undefined, 'v/further:2'))).toMatchObject({
		code: 'bundle-image-name',
		area: 'usage',
	});
});
