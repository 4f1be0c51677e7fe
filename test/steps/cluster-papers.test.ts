import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import type {Answers} from '../../source/answers/schema.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';
import type {Access} from '../../source/cluster/types.ts';
import {gatherCluster} from '../../source/steps/handover/cluster.ts';
import {listenerProblem} from '../../source/steps/prerequisites/way-in/listeners.ts';
import * as accesses from '../../source/steps/shared/accesses.ts';
import type {Listener} from '../../source/steps/shared/way-in/kinds.ts';
import {textOf} from '../handover/run-script.ts';
import {programFiles, textOfFile} from '../helpers/imports.ts';
import {startCluster} from '../rehearsal/kubernetes/cluster.ts';
import {answersOf, worldOf} from './world.ts';

const everything = answersOf((input) => ({
	...input,
	workloadManager: {enabled: true},
	backup: {
		passphrase: 'env:P',
		tools: 'cluster',
		schedule: {kind: 'nfs', namespace: 'keep', nfs: {server: 'nfs.corp', path: '/x'}},
	},
}));

const papersOf = async (answers: Answers, whoAmI: () => Promise<string | undefined>) => {
	const {pack, lacks} = await gatherCluster(worldOf({answers, pass: 'look', cluster: {whoAmI}}));
	return {lacks, note: textOf(pack.sections, 'README.txt'), rights: textOf(pack.sections, 'rights.yaml'), pack};
};

type Role = {
	readonly kind: string;
	readonly metadata: {readonly namespace?: string};
	readonly rules?: readonly {
		readonly apiGroups: readonly string[];
		readonly resources: readonly string[];
		readonly verbs: readonly string[];
	}[];
	readonly subjects?: readonly {readonly name: string}[];
};
const documentsOf = (text: string): readonly Role[] => parseAllDocuments(text).map((one) => one.toJS() as Role);
const word = ({verb, group, resource, namespace = ''}: Access): string => `${verb} ${group}/${resource} ${namespace}`;

const granted = (documents: readonly Role[]): ReadonlySet<string> =>
	new Set(
		documents.flatMap(({metadata: {namespace}, rules = []}) =>
			rules.flatMap(({apiGroups: [group = ''], resources: [resource = ''], verbs}) =>
				verbs.map((verb) => word({verb, group, resource, namespace})),
			),
		),
	);

test('the rights hold every access that any step asks for', async () => {
	const {rights} = await papersOf(everything, async () => 'ada');
	const has = granted(documentsOf(rights));
	const asked = {
		needed: accesses.accessesNeeded(everything),
		schedule: accesses.accessesOfSchedule(everything),
		dumps: accesses.accessesOfDumps(everything),
		restore: accesses.accessesOfRestore(everything, ['zenml-pro', 'zenml-workspace']),
	};
	for (const list of Object.values(asked)) expect(list.map(word).filter((one) => !has.has(one))).toEqual([]);
	for (const one of [
		'create batch/cronjobs keep',
		'create /persistentvolumeclaims keep',
		'create /pods/exec zenml-pro',
	])
		expect(has).toContain(one);
});

test('no step asks the cluster for a list of rights of its own', async () => {
	const asking: string[] = [];
	for (const file of programFiles.filter((one) => one.startsWith('source/steps/'))) {
		const text = await textOfFile(file);
		if (/\.denied\(/u.test(text) && !/accesses(?:Needed|Of\w+)\(/u.test(text)) asking.push(file);
	}
	// That asks for `create namespaces` alone, which is among the rights of every install.
	expect(asking).toEqual(['source/steps/schedule/place.ts']);
});

test('backups that are not scheduled, and dumps on this host, ask for no rights and give no reasons for them', async () => {
	const {rights, note} = await papersOf(
		answersOf((input) => ({...input, backup: {tools: 'host'}})),
		async () => 'ada',
	);
	expect(rights).not.toMatch(/cronjobs|pods\/exec/u);
	expect(note).not.toContain('pods/exec');
});

test('nodes get the CA of a registry that has one of its own without an if', async () => {
	const noteOf = async (registry: object) =>
		(
			await papersOf(
				answersOf((input) => ({...input, registry: {host: 'registry.corp', ...registry}})),
				async () => 'ada',
			)
		).note.replaceAll(/\s+/gu, ' ');
	expect(await noteOf({})).toContain('Where the registry has a certificate of the internal CA, see ca-nodes.sh');
	expect(await noteOf({ca: '/pki/registry.pem'})).toContain('the nodes get it by ca-nodes.sh');
});

test('the right to enter a pod is told as needed if the jump host lacks programs, unless the answers ask for pods', async () => {
	const noteOf = async (tools: 'auto' | 'cluster') =>
		(
			await papersOf(
				answersOf((input) => ({...input, backup: {tools}})),
				async () => 'ada',
			)
		).note.replaceAll(/\s+/gu, ' ');
	const only = 'It is needed only where the jump host has no dump programs';
	expect(await noteOf('auto')).toContain(only);
	expect(await noteOf('cluster')).toContain('pods/exec (zenml-pro)');
	expect(await noteOf('cluster')).not.toContain(only);
});

test('the operator stands in the file as the API server knows them', async () => {
	const {rights, note, lacks} = await papersOf(everything, async () => 'system:serviceaccount:ops:inst "x"');
	const names = documentsOf(rights).flatMap(({subjects = []}) => subjects.map(({name}) => name));
	expect(new Set(names)).toEqual(new Set(['system:serviceaccount:ops:inst "x"']));
	expect(note).toContain('kubectl apply -f rights.yaml');
	expect(lacks).toEqual([]);
});

const refuse = async () => {
	throw clusterProblems.error('kubernetes-no-api-server', {server: 'https://10.0.0.1:6443'});
};

test('where nobody knows the operator, no program takes the file as it is, and a name is written as it is', async () => {
	const {rights, note, lacks} = await papersOf(everything, refuse);
	expect(parseAllDocuments(rights)[0]?.errors.length).toBeGreaterThan(0);
	for (const name of ['CORP/ada', String.raw`CORP\ada`, 'https://idp.corp/#a&b|c']) {
		const names = documentsOf(rights.replaceAll('@OPERATOR@', () => `'${name}'`)).flatMap(
			({subjects = []}) => subjects,
		);
		expect(names.length).toBeGreaterThan(2);
		expect(new Set(names.map((one) => one.name))).toEqual(new Set([name]));
	}
	expect(note).toContain('in the place of each @OPERATOR@');
	expect(lacks.join()).toContain('@OPERATOR@');
});

test.skipIf(!existsSync('/usr/bin/kubectl'))(
	'kubectl takes the rights whole or not at all, and the same file takes them away',
	async () => {
		const {rights, pack} = await papersOf(everything, refuse);
		const kubernetes = await startCluster();
		const folder = await mkdtemp(join(tmpdir(), 'rights-'));
		try {
			const kubectl = (...words: readonly string[]) =>
				promisify(execFile)('kubectl', ['--kubeconfig', 'kubeconfig', ...words], {
					...{cwd: folder, timeout: 60_000, env: {PATH: '/usr/bin:/bin', HOME: folder}},
				});
			const left = async (): Promise<string> =>
				(
					await kubectl('get', 'clusterroles,clusterrolebindings,roles,rolebindings', '-A', '-o', 'name')
				).stdout.replaceAll(/^(?!.*zenml-airgap-operator).*\n/gmu, '');
			await writeFile(join(folder, 'kubeconfig'), kubernetes.kubeconfig);
			await writeFile(join(folder, 'namespaces.yaml'), textOf(pack.sections, 'namespaces.yaml'));
			await writeFile(join(folder, 'rights.yaml'), rights);
			await kubectl('apply', '-f', 'namespaces.yaml');
			await expect(kubectl('apply', '-f', 'rights.yaml')).rejects.toThrow('error parsing rights.yaml');
			expect(await left()).toBe('');
			await writeFile(join(folder, 'rights.yaml'), rights.replaceAll('@OPERATOR@', "'CORP/ada'"));
			await kubectl('apply', '-f', 'rights.yaml');
			expect((await left()).split('\n').length).toBeGreaterThan(8);
			const listed = await kubectl('auth', 'can-i', '--list', '-n', 'zenml-pro', '--as', 'CORP/ada');
			expect(listed.stdout).toMatch(/^deployments\.apps .*\[get list create patch update delete watch\]$/mu);
			await expect(
				kubectl('auth', 'can-i', 'create', 'secrets', '-n', 'zenml-pro', '--as', 'eve'),
			).rejects.toMatchObject({
				stdout: 'no\n',
			});
			const undo = textOf(pack.sections, 'README.txt').match(/kubectl (delete .*-f rights\.yaml)/u)?.[1] ?? '';
			// Again, it changes nothing and ends well.
			for (const _time of [1, 2]) await kubectl(...undo.split(' '));
			expect(await left()).toBe('');
		} finally {
			await kubernetes.stop();
			await rm(folder, {recursive: true, force: true});
		}
	},
);

test('the room is told for each pod and as what a quota must leave', async () => {
	const {note} = await papersOf(
		answersOf((input) => ({...input, controlPlane: {...input.controlPlane, replicas: 2}})),
		async () => 'ada',
	);
	expect(note).toContain('control plane: 2 server pods, 3 during a rollout; each');
	expect(note).toContain('together: requests 1500m CPU, 3Gi memory; limits 6 CPU, 12Gi memory');
});

test('the room of runner pods is told, each and as the most of them together', async () => {
	const noteOf = async (workloadManager: object) =>
		(
			await papersOf(
				answersOf((input) => ({...input, workloadManager})),
				async () => 'ada',
			)
		).note;
	expect(await noteOf({})).not.toContain('runner pod');
	const usual = await noteOf({enabled: true, maxConcurrentRuns: 3});
	expect(usual).toContain('zenml-workload-manager:\n');
	expect(usual).toContain('3 runner pods at most, 3 for each server pod');
	expect(usual).toContain('each requests 100m CPU, 400Mi memory; limits 700Mi memory');
	expect(usual).toContain('together: requests 300m CPU, 1200Mi memory; limits 2100Mi memory');
	const podResources = {limits: {'nvidia.com/gpu': '1', cpu: '1500m'}};
	expect(await noteOf({enabled: true, podResources})).toContain('together: limits 2 nvidia.com/gpu, 3 CPU');
});

test('why nobody knows the operator is said: no answer of the cluster passes for that of another', async () => {
	const reasonOf = async (whoAmI: () => Promise<string | undefined>) =>
		(await papersOf(everything, whoAmI)).lacks.join();
	expect(await reasonOf(async () => undefined)).toContain('The cluster does not tell it.');
	expect(await reasonOf(refuse)).toContain('https://10.0.0.1:6443');
});

test('a Gateway is asked for with a listener, hosts, namespaces and who brings its certificate', async () => {
	const gateway = answersOf((input) => ({...input, ingress: {kind: 'gateway', gateway: 'gateways/shared'}}));
	const {note} = await papersOf(gateway, async () => 'ada');
	for (const part of [
		'The Gateway shared in the namespace gateways',
		'zenml.corp.internal  (routes from the namespace zenml-workspace)',
		'kubectl -n gateways create secret tls zenml-tls',
	])
		expect(note).toContain(part);
	const text = note.slice(note.indexOf('  - name: zenml\n'), note.indexOf('   The Gateway shows'));
	const [listener] = parse(text) as readonly Listener[];
	if (!listener) throw new Error(text);
	const live = {
		apiVersion: 'gateway.networking.k8s.io/v1',
		kind: 'Gateway',
		metadata: {name: 'shared', namespace: 'gateways'},
		spec: {listeners: [listener]},
	};
	const judged = (namespace: string) =>
		listenerProblem(live, undefined, {
			host: 'zenml.corp.internal',
			namespace,
			labels: {'kubernetes.io/metadata.name': namespace},
		});
	expect(['zenml-pro', 'zenml-workspace'].map(judged)).toEqual([undefined, undefined]);
	expect(judged('other')?.code).toBe('gateway-unfit');
	expect(note).not.toContain('a way in of kind');
});

test('on OpenShift the note speaks of security context constraints', async () => {
	const route = answersOf((input) => ({...input, ingress: {kind: 'route'}}));
	const {note} = await papersOf(route, async () => 'ada');
	expect(note).toContain('oc adm policy add-scc-to-group nonroot-v2 system:serviceaccounts:zenml-workspace');
	expect(note).not.toContain('Pod Security Standard');
	const undo = note.slice(note.indexOf('How to undo'));
	for (const name of ['zenml-pro', 'zenml-workspace'])
		expect(undo).toContain(`oc adm policy remove-scc-from-group nonroot-v2 system:serviceaccounts:${name}`);
	// Its nodes are changed by no script.
	expect(note).not.toContain('ca-nodes.sh');
	expect(note.replaceAll(/\s+/gu, ' ')).toContain('see openshift-nodes.txt in the papers "ca"');
	const ids = {runAsUser: null, fsGroup: null};
	const byCluster = answersOf((input) => ({
		...input,
		ingress: {kind: 'route'},
		controlPlane: {...input.controlPlane, podSecurityContext: ids},
		workspaces: input.workspaces.map((one) => ({...one, podSecurityContext: ids})),
	}));
	const free = (await papersOf(byCluster, async () => 'ada')).note;
	expect(free).toContain('restricted-v2');
	expect(free).not.toContain('nonroot-v2');
});

test('each namespace of the rights is looked at by the check, as the operator and as somebody else', async () => {
	const {note, rights} = await papersOf(everything, async () => 'ada');
	const namespaces = new Set(documentsOf(rights).flatMap(({metadata: {namespace}}) => namespace ?? []));
	expect(namespaces).toContain('keep');
	for (const name of namespaces) {
		expect(note).toContain(`kubectl auth can-i --list -n ${name} --as ada`);
		expect(note).toMatch(new RegExp(`kubectl .*auth can-i --list -n ${name}$`, 'mu'));
	}
});

test('the note names cluster, room, user of the pods, and the namespace of the backups', async () => {
	const {note, pack} = await papersOf(everything, async () => 'ada');
	for (const part of ['https://10.0.0.1:6443 (context prod of the operator)', 'requests 500m CPU', 'user 1000'])
		expect(note).toContain(part);
	expect(textOf(pack.sections, 'namespaces.yaml')).toContain('name: keep');
});
