import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createHelm} from '../../source/helm/index.ts';
import type {ReleaseStatus} from '../../source/helm/types.ts';
import {problemOf, scratch, script} from './lab.ts';

const {signal} = new AbortController();
let folder = '';
let remove: () => Promise<void>;
let count = 0;
beforeAll(async () => {
	({folder, remove} = await scratch());
});
afterAll(() => remove());

const rows = (states: readonly ReleaseStatus[]) =>
	states.map((status, index) => ({
		revision: index + 1,
		updated: '2026-01-01T00:00:00Z',
		status,
		chart: 'zenml-0.95.1',
		app_version: '0.95.1',
		description: `revision ${index + 1}`,
	}));

type Fake = {
	readonly version?: string;
	/** What `history` prints at first, and once `upgrade` has been called. */
	readonly before?: string | readonly ReleaseStatus[];
	readonly after?: string | readonly ReleaseStatus[];
	/** Further commands, as cases of a shell. */
	readonly cases?: string;
};

/** A helm that remembers how it was called, and has a release with these revisions. */
const fakeHelm = async ({version = 'v4.2.3', before = [], after = ['deployed'], cases = ''}: Fake) => {
	const at = path.join(folder, `fake-${count++}`);
	const printed = (what: string | readonly ReleaseStatus[]) =>
		typeof what === 'string' ? what : JSON.stringify(rows(what));
	await Promise.all([writeFile(`${at}.before`, printed(before)), writeFile(`${at}.after`, printed(after))]);
	const binary = await script(
		folder,
		path.basename(at),
		`echo "$*" >> ${at}.calls
case "$1" in
${cases}
version) echo ${version};;
history) if [ -e ${at}.upgraded ]; then cat ${at}.after; else cat ${at}.before; fi;;
upgrade) touch ${at}.upgraded; echo upgraded;;
esac`,
	);
	const helm = createHelm({
		binary,
		home: folder,
		environment: {PATH: process.env.PATH},
		kubeconfig: '/k',
		context: 'lab',
	});
	const lines: string[] = [];
	return {
		helm,
		lines,
		upgrade: (
			more: {
				readonly forceConflicts?: boolean;
				readonly timeoutMs?: number;
				readonly isIdle?: () => Promise<boolean>;
			} = {},
		) =>
			helm.upgrade({
				release: 'zenml',
				namespace: 'z',
				component: 'workspaces.0',
				chart: '/zenml.tgz',
				values: {},
				timeoutMs: 1500,
				description: 'by a test',
				onLine: (line) => lines.push(line),
				isIdle: async () => true,
				signal,
				...more,
			}),
		/** Commands but those for version and history. */
		calls: async () =>
			(await readFile(`${at}.calls`, 'utf8'))
				.trim()
				.split('\n')
				.filter((line) => !/^(version|history)/u.test(line)),
	};
};
const cluster = '--namespace z --kubeconfig /k --kube-context lab';

describe('an upgrade', () => {
	test('waits for pods and Jobs, in whole seconds, and tells the revision it made', async () => {
		const {upgrade, calls, lines} = await fakeHelm({});
		expect(await upgrade()).toEqual({
			name: 'zenml',
			namespace: 'z',
			revision: 1,
			status: 'deployed',
			chart: 'zenml-0.95.1',
			appVersion: '0.95.1',
			updated: '2026-01-01T00:00:00Z',
			description: 'revision 1',
		});
		expect(await calls()).toEqual([
			`upgrade zenml /zenml.tgz --install --wait=watcher --wait-for-jobs --timeout 2s --description by a test --server-side=auto ${cluster} --values -`,
		]);
		expect(lines).toEqual(['upgraded']);
	});

	test('speaks the language of Helm 3 to Helm 3, which has no conflicts to force', async () => {
		const {upgrade, calls} = await fakeHelm({version: 'v3.18.0+gcc58e3f'});
		await upgrade({forceConflicts: true, timeoutMs: 1});
		expect(await calls()).toEqual([
			`upgrade zenml /zenml.tgz --install --wait --wait-for-jobs --timeout 1s --description by a test ${cluster} --values -`,
		]);
	});

	test('speaks the newest language it knows to a Helm of the future', async () => {
		const {upgrade, calls} = await fakeHelm({version: 'v9.0.0'});
		await upgrade({forceConflicts: true});
		expect((await calls())[0]).toContain('--server-side=auto --force-conflicts');
	});
});

describe('an upgrade that finds what a killed run left', () => {
	test('after a failed first install removes it, and says so', async () => {
		const {upgrade, calls, lines} = await fakeHelm({before: ['failed']});
		await upgrade();
		expect((await calls())[0]).toBe(`uninstall zenml --wait=watcher --timeout 300s ${cluster}`);
		expect(lines[0]).toBe(
			'Release zenml is removed before it is installed anew: the first install failed and never worked.',
		);
	});

	test('after a killed upgrade goes back to the revision that worked, and says so', async () => {
		const {upgrade, calls, lines} = await fakeHelm({before: ['superseded', 'deployed', 'pending-upgrade']});
		await upgrade();
		expect((await calls())[0]).toBe(`rollback zenml 2 --server-side=auto ${cluster}`);
		expect(lines[0]).toBe(
			'Release zenml goes back to revision 2 before it is upgraded: an earlier run was killed in the middle of a change.',
		);
	});

	test('goes on where the release that was to be removed is gone by then', async () => {
		const cases = 'uninstall) echo "Error: uninstall: Release not loaded: zenml: release: not found" >&2; exit 1;;';
		const {upgrade} = await fakeHelm({before: ['uninstalling'], cases});
		expect(await upgrade()).toMatchObject({revision: 1});
	});

	test('does not go on where the release cannot be removed', async () => {
		const cases = 'uninstall) echo "Error: secrets is forbidden: no" >&2; exit 1;;';
		const {upgrade, calls} = await fakeHelm({before: ['failed'], cases});
		expect(await problemOf(upgrade())).toMatchObject({code: 'helm-forbidden'});
		expect(await calls()).toHaveLength(1);
	});
});

describe('an upgrade that fails', () => {
	test('as nothing is there afterwards is a problem', async () => {
		const {upgrade} = await fakeHelm({after: []});
		expect(await problemOf(upgrade())).toMatchObject({
			code: 'helm-release-missing',
			area: 'cluster',
			message: 'Release zenml is not in namespace z although Helm just installed it.',
			cause: 'Something removed the release while it was being installed.',
			fix: 'Find out who else works in this namespace, then try again.',
		});
	});

	test('as it meets objects of somebody else names the answers of its own component', async () => {
		const cases =
			'upgrade) echo "Error: INSTALLATION FAILED: Service exists and cannot be imported into the current release: invalid ownership metadata" >&2; exit 1;;';
		const {upgrade} = await fakeHelm({cases});
		expect(await problemOf(upgrade())).toMatchObject({
			code: 'helm-ownership',
			answers: ['workspaces.0.namespace', 'workspaces.0.release'],
		});
	});
});

describe('a release', () => {
	test('is its newest revision, or nothing', async () => {
		const two = await fakeHelm({before: ['superseded', 'deployed']});
		expect(await two.helm.release('zenml', 'z', signal)).toMatchObject({revision: 2, status: 'deployed'});
		const none = await fakeHelm({cases: 'history) echo "Error: release: not found" >&2; exit 1;;'});
		expect(await none.helm.release('zenml', 'z', signal)).toBeUndefined();
	});

	test('that may not be read is a problem', async () => {
		const {helm} = await fakeHelm({cases: 'history) echo "Error: secrets is forbidden: no" >&2; exit 1;;'});
		expect(await problemOf(helm.release('zenml', 'z', signal))).toMatchObject({code: 'helm-forbidden'});
	});

	test('has the values it was installed with, or none', async () => {
		const values = (text: string) => fakeHelm({cases: `get) echo '${text}';;`});
		expect(await (await values('{"a":1}')).helm.values('zenml', 'z', signal)).toEqual({a: 1});
		expect(await (await values('null')).helm.values('zenml', 'z', signal)).toEqual({});
	});

	test('told in anything but JSON points to the program', async () => {
		const {helm} = await fakeHelm({before: 'wrapped: hello'});
		expect(await problemOf(helm.release('zenml', 'z', signal))).toMatchObject({
			code: 'helm-unreadable-answer',
			area: 'cluster',
			message: "Helm's answer is not JSON: reading the history of release zenml in namespace z.",
			cause: 'The helm program prints something else on its standard output, perhaps from a wrapper or plugin.',
			fix: 'Set helm.binary to the plain helm program.',
			answers: ['helm.binary'],
		});
	});
});
