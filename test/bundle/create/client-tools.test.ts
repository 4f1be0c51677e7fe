import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {writeBundle} from '../../../source/bundle/create/create.ts';
import {planBundle} from '../../../source/bundle/create/plan.ts';
import {exampleSpec} from '../../../source/bundle/create/spec/example.ts';
import {type CompleteSpec, listedClientTools, specSchema} from '../../../source/bundle/create/spec/spec.ts';
import {completeSpec, readSpec} from '../../../source/bundle/create/spec/spec-file.ts';
import {clientToolsOf} from '../../../source/bundle/layout/client-tools.ts';
import {bundleIndexSchema} from '../../../source/bundle/layout/index-file.ts';
import {parseManifest} from '../../../source/bundle/layout/manifest-text.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {createStage} from '../../app/stage.ts';
import {
	chartsIn,
	image,
	never,
	noise,
	plainSource,
	productImages,
	quietCharts,
	specOf,
	temporary,
	vendorRegistry,
} from './helpers.ts';

const site = async (clientTools: (host: string) => readonly string[]) => {
	const tools = [
		image('client-tools', '1.0', [noise('both', 5000)]),
		image('database-programs', '9.7', [noise('mysql', 5000)]),
	];
	const registry = await vendorRegistry([...productImages(5000), ...tools]);
	const charts = await temporary();
	await chartsIn(charts);
	const spec = specOf(registry.host, charts, {clientTools: clientTools(`${registry.host}/zenml`)});
	return {spec, folder: join(await temporary(), 'bundle')};
};

const make = async (spec: CompleteSpec, folder: string): Promise<void> => {
	const plan = await planBundle({
		spec,
		from: [],
		source: plainSource(),
		charts: quietCharts(),
		tools: async () => ({tools: [], papers: [], notes: []}),
		onLook: () => undefined,
		signal: never,
	});
	await writeBundle(plan, {
		...{folder, madeBy: 'zenml-airgap 0.0.0-test', concurrency: 3, freeBytes: async () => 1e12, signal: never},
		onNote: () => undefined,
		onBlob: () => undefined,
		onBytes: () => undefined,
	});
};

test('client tools are carried like any image; bundle.json gives their role and engines, and a step finds them', async () => {
	const {spec, folder} = await site((at) => [`${at}/client-tools:1.0`, `mysql=${at}/database-programs:9.7`]);
	await make(spec, folder);
	const index = bundleIndexSchema.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
	expect(index.images.filter(({role}) => role).map(({name, role, engines}) => ({name, role, engines}))).toEqual([
		{name: 'client-tools', role: 'client-tools', engines: ['postgresql', 'mysql']},
		{name: 'database-programs', role: 'client-tools', engines: ['mysql']},
	]);
	expect(index.repositories).toContain('database-programs');
	const text = await readFile(join(folder, 'manifest.txt'), 'utf8');
	expect(text).toContain('- client-tools with tag 1.0 for postgresql and mysql\n');
	expect(parseManifest(text).images).toHaveLength(6);
	const port = createBundlePort({path: folder});
	const bundle = await port.open(never);
	expect(clientToolsOf(bundle, 'mysql')?.name).toBe('database-programs');
	expect(clientToolsOf(bundle, 'postgresql')?.name).toBe('client-tools');
	await port.verify({signal: never, onProgress: () => undefined});
});

test('a bundle without client tools is whole, and says nothing of a role', async () => {
	const {spec, folder} = await site(() => []);
	await make(spec, folder);
	expect(await readFile(join(folder, 'bundle.json'), 'utf8')).not.toMatch(/"role"|"engines"/u);
	expect(await readFile(join(folder, 'manifest.txt'), 'utf8')).not.toContain('client tools');
	expect(clientToolsOf(await createBundlePort({path: folder}).open(never), 'mysql')).toBeUndefined();
});

test('the name tells the engine, or the word before it; an image that is named for both has both', () => {
	const clientTools = ['a.corp:5000/x/mysql-client-tools:1@sha256:0', 'mysql=b/y:1', 'postgresql=b/y:1', 'c/z:1'];
	expect(listedClientTools({clientTools})).toEqual([
		{image: 'a.corp:5000/x/mysql-client-tools:1@sha256:0', engines: ['mysql']},
		{image: 'b/y:1', engines: ['postgresql', 'mysql']},
		{image: 'c/z:1', engines: ['postgresql', 'mysql']},
	]);
	const versions = {controlPlane: '0.13.18', workspaces: ['0.95.1']};
	expect(completeSpec(specSchema.parse({versions})).clientTools).toEqual([]);
	expect(readSpec(exampleSpec, 'spec.yaml', '/').clientTools).toEqual([]);
});

test('an engine that is none is refused by the name of the flag', async () => {
	const stage = await createStage();
	const words = ['--control-plane', '0.13.18', '--workspace', '0.95.1', '--client-tools', 'oracle=a.corp/x:1'];
	const {code, err} = await stage.run('bundle', 'create', ...words);
	await stage.remove();
	expect(code).toBe(2);
	expect(err).toContain('--client-tools');
	expect(err).toContain('must be a reference, or postgresql=REFERENCE, or mysql=REFERENCE');
});
