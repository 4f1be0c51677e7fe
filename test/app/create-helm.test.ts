import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Context} from '../../source/app/base/context.ts';
import {carriedExecutables, openHelm} from '../../source/app/commands/bundle/create-helm.ts';
import {never, specOf} from '../bundle/create/helpers.ts';
import {releaseFolder} from '../bundle/create/released.ts';
import {refusalOf} from '../bundle/refusals.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

/** A helm that writes down how it is called, and pulls an empty chart. */
const fakeHelm = async (name: string, version = 'v4.2.3'): Promise<string> => {
	const file = await stage.write(
		name,
		`#!/bin/sh
echo "$@" >> "${stage.folder}/calls"
[ "$1" = version ] && echo ${version}
[ "$1" = pull ] && : > "$6/a.tgz"
exit 0
`,
	);
	await chmod(file, 0o755);
	return file;
};

const calls = async (): Promise<readonly string[]> =>
	(await readFile(path.join(stage.folder, 'calls'), 'utf8')).trim().split('\n');

const open = async (
	spec: Readonly<Record<string, unknown>> = {},
	request: {readonly binary?: string; readonly dockerConfig?: string} = {},
	more: Partial<Context> = {},
) => {
	const work = path.join(stage.folder, 'work');
	await mkdir(work, {recursive: true});
	const complete = specOf('vendor.example.com', '/charts', spec);
	const asked = {binary: request.binary ?? 'helm', work, dockerConfig: request.dockerConfig};
	return openHelm({...stage.context, ...more}, complete, asked);
};

const onPath = (...folders: readonly string[]) => ({
	environment: {PATH: ['', ...folders, '/usr/bin', '/bin'].join(path.delimiter)},
});

test('a helm of the search path pulls the charts, with the logins of this user and what the spec says of its host', async () => {
	const helm = await fakeHelm('bin/helm');
	await stage.write('home/.docker/config.json', '{}');
	const hosts = {'vendor.example.com:5000': {plainHttp: true, ca: '/ca.pem'}};
	const {charts} = await open({hosts}, {}, onPath('/nowhere', path.dirname(helm)));
	const chart = {kind: 'workspace', name: 'zenml', version: '1'} as const;
	const pulled = await charts.pull({...chart, location: 'oci://vendor.example.com:5000/charts/zenml'}, never);
	expect(pulled).toBe(path.join(stage.folder, 'work', 'zenml-1', 'a.tgz'));
	expect((await calls()).at(-1)).toBe(
		`pull oci://vendor.example.com:5000/charts/zenml --version 1 --destination ${path.dirname(pulled)} --registry-config ${stage.context.homeDirectory}/.docker/config.json --ca-file /ca.pem --plain-http`,
	);
	await charts.pull({...chart, version: '2', location: 'oci://other.example.com/zenml'}, never);
	expect((await calls()).at(-1)).not.toMatch(/--ca-file|--plain-http/u);
});

test('a folder with logins that was named counts before the one of this user', async () => {
	const helm = await fakeHelm('helm');
	await stage.write('home/.docker/config.json', '{}');
	const named = path.dirname(await stage.write('logins/config.json', '{}'));
	const {charts} = await open({}, {binary: helm, dockerConfig: named}, onPath());
	await charts.pull({kind: 'workspace', name: 'zenml', version: '1', location: 'oci://a/zenml'}, never);
	expect((await calls()).at(-1)).toContain(`--registry-config ${named}/config.json`);
});

test('without a helm nothing is planned, and the option that names one is told', async () => {
	const told = {area: 'prerequisites', fix: expect.stringContaining('--helm PATH')};
	expect(await refusalOf(() => open({}, {binary: '/nowhere/helm'}, onPath()))).toMatchObject(told);
	expect(await refusalOf(() => open({}, {}, {environment: {PATH: '/nowhere'}}))).toMatchObject(told);
	expect((await refusalOf(() => open({}, {}, {environment: {}}))).answers).toBeUndefined();
	const old = await fakeHelm('old/helm', 'v2.16.0');
	expect(await refusalOf(() => open({}, {binary: old}, onPath()))).toMatchObject({...told, code: 'helm-too-old'});
});

test('what goes along is left out where the spec says so', async () => {
	const binary = await fakeHelm('helm');
	const {tools} = await open({tools: {helm: false, program: false}}, {binary}, onPath());
	expect(await tools(never)).toEqual({tools: [], papers: [], notes: []});
});

test('a program that runs from its source does not go along, and neither does a helm that is a script', async () => {
	const binary = await fakeHelm('helm');
	const {tools} = await open({}, {binary}, {...onPath(), programDirectory: stage.folder});
	const planned = await tools(never);
	expect(planned.tools).toEqual([]);
	expect(planned.notes).toEqual([
		expect.stringMatching(/^helm was left out/u),
		expect.stringMatching(
			/^This program was left out: no executable of it was named\. Name one, .* with --with-tool\.$/u,
		),
	]);
});

test('the program that is built goes along, or the one that the spec names', async () => {
	const binary = await fakeHelm('helm');
	const built = path.join(stage.folder, 'dist');
	await mkdir(built);
	for (const name of ['cli.js', 'main.js']) await writeFile(path.join(built, name), '');
	const without = {helm: false};
	const own = await open({tools: without}, {binary}, {...onPath(), programDirectory: built});
	expect((await own.tools(never)).tools).toMatchObject([
		{name: 'zenml-airgap', version: '0.0.0-source', platform: 'node'},
	]);
	const named = await open(
		{tools: {...without, program: built}},
		{binary},
		{...onPath(), programDirectory: '/nowhere'},
	);
	expect(await named.tools(never)).toMatchObject({
		tools: [{file: {path: 'bin/zenml-airgap-0.0.0-source.tar.gz'}}],
		notes: [expect.stringContaining('needs Node 22.15 or newer on the other side, and none comes along')],
	});
});

test('an executable goes along in the place of the program for Node, unless the spec names that too', async () => {
	const binary = await fakeHelm('helm');
	const built = path.join(stage.folder, 'dist');
	await mkdir(built);
	for (const name of ['cli.js', 'main.js']) await writeFile(path.join(built, name), '');
	const executables = [path.join(await releaseFolder(), 'zenml-airgap-linux-x64')];
	const context = {...onPath(), programDirectory: built};
	const pathsOf = async (tools: object): Promise<readonly string[]> => {
		const opened = await open({tools}, {binary}, context);
		return (await opened.tools(never)).tools.map(({file}) => file.path);
	};
	expect(await pathsOf({helm: false, executables})).toEqual(['tool/zenml-airgap-linux-x64']);
	expect(await pathsOf({helm: false, executables, program: built})).toEqual([
		'bin/zenml-airgap-0.0.0-source.tar.gz',
		'tool/zenml-airgap-linux-x64',
	]);
});

test('this program goes along by itself where it is one executable beside what it was released with', async () => {
	const own = path.join(await releaseFolder(), 'zenml-airgap-linux-x64');
	const {tools} = specOf('vendor.example.com', '/charts');
	expect(await carriedExecutables({tools}, own)).toEqual([own]);
	expect(await carriedExecutables({tools}, undefined)).toEqual([]);
	expect(await carriedExecutables({tools: {...tools, program: false}}, own)).toEqual([]);
	expect(await carriedExecutables({tools: {...tools, executables: ['/other']}}, own)).toEqual(['/other']);
	const alone = path.join(await releaseFolder({'LICENSES.txt': undefined}), 'zenml-airgap-linux-x64');
	expect(await carriedExecutables({tools}, alone)).toEqual([]);
});

test('a helm that the spec asks for and that cannot go along is refused', async () => {
	const binary = await fakeHelm('helm');
	const {tools} = await open({tools: {helm: binary, program: false}}, {binary}, onPath());
	expect((await refusalOf(() => tools(never))).code).toBe('bundle-create-helm');
});
