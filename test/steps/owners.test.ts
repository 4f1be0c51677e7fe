import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {owners} from '../../source/steps/prerequisites/owners.ts';
import {secretsStep} from '../../source/steps/secrets/index.ts';
import {secretObjects} from '../../source/steps/secrets/objects.ts';
import {databasePasswords, secretPlaces} from '../../source/steps/secrets/wanted.ts';
import {holdsAll, otherOwner} from '../../source/steps/shared/objects/owners.ts';
import {workloadManagerStep} from '../../source/steps/workload-manager.ts';
import {files, generated, kept, refusal, secretObject} from './parts.ts';
import {answersOf, changesOf, code, look, refusalOf, worldOf} from './world.ts';

type Metadata = Partial<KubeObject['metadata']>;
const nothingInstalled = {release: async () => undefined};
const cause =
	'It holds something else than this install needs, and what needs it now would break if it were written over.';

/** The TLS secret of another pair, as its owner marks it. */
const foreignTls = (metadata: Metadata, data: Record<string, string> = {'tls.crt': 'theirs', 'tls.key': 'theirs'}) => {
	const object = secretObject('zenml-pro', 'zenml-tls', data);
	return {...object, type: 'kubernetes.io/tls', metadata: {...object.metadata, ...metadata}};
};
const site = (cluster: ReturnType<typeof kept>) => worldOf({host: files, helm: nothingInstalled, cluster});
const madeWith = (manager: string, content = 'f:data'): Metadata => ({
	managedFields: [{manager, operation: 'Update', fieldsV1: {[content]: {}}}],
});

const kinds: ReadonlyArray<readonly [string, Metadata, string]> = [
	['cert-manager', {annotations: {'cert-manager.io/certificate-name': 'web'}}, 'cert-manager, certificate web'],
	['an issuer', {annotations: {'cert-manager.io/issuer-name': 'corp'}}, 'cert-manager'],
	[
		'a Helm release',
		{annotations: {'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'web'}},
		'Helm release web/shop',
	],
	[
		'an object that owns it',
		{ownerReferences: [{apiVersion: 'v1', kind: 'ExternalSecret', name: 'corp', uid: '1'}]},
		'ExternalSecret corp',
	],
	['a tool with a label', {labels: {'app.kubernetes.io/managed-by': 'argocd'}}, 'argocd'],
	['a person with kubectl', madeWith('kubectl-create'), 'made with kubectl-create'],
];

describe('objects of others', () => {
	test.each(kinds)('a TLS secret of %s is not written over, in a look or an apply', async (who, metadata, owner) => {
		const isMarked = who.startsWith('a tool') || who.startsWith('a person');
		const live = foreignTls(metadata);
		const cluster = kept(generated(), live);
		const told = {
			code: code('object-of-others'),
			area: 'cluster',
			message: `The secret zenml-pro/zenml-tls belongs to somebody else: ${owner}.`,
			cause,
			fix: 'Give the TLS secret of this install a name of its own in tls.secretName, or tls.certificate and tls.key the pair that it holds.',
			answers: ['tls.secretName', 'tls.certificate', 'tls.key'],
			nextSteps: [
				'kubectl -n zenml-pro get secret zenml-tls -o yaml --show-managed-fields',
				...(isMarked
					? [
							'or, to let this install have it: kubectl -n zenml-pro label secret zenml-tls app.kubernetes.io/managed-by=zenml-airgap --overwrite',
						]
					: []),
			],
		};
		expect(await refusalOf(look(secretsStep, site(cluster)))).toMatchObject(told);
		expect(await refusalOf(secretsStep.apply?.(site(cluster)) ?? Promise.resolve())).toMatchObject(told);
		expect(cluster.all.get('Secret zenml-pro/zenml-tls')).toBe(live);
		expect([...cluster.all.keys()]).toHaveLength(2);
	});

	test('a pull secret of another application in a shared namespace is named with its answer, all at once', async () => {
		const pull = secretObject('zenml-workspace', 'internal-registry-secret', {'.dockerconfigjson': '{}'});
		const foreign = {...pull, metadata: {...pull.metadata, ...madeWith('kubectl')}};
		const found = await refusalOf(look(secretsStep, site(kept(generated(), foreign, foreignTls(madeWith('kubectl'))))));
		expect(found).toMatchObject({
			fix: 'Give the pull secret of this install a name of its own in registry.pullSecretName.',
			answers: ['registry.pullSecretName', 'tls.secretName', 'tls.certificate', 'tls.key'],
			evidence: ['The secret zenml-pro/zenml-tls belongs to somebody else: made with kubectl.'],
		});
	});

	test('one that holds all that is wanted serves as it is, and is left as it is', async () => {
		const live = foreignTls(
			{annotations: {'cert-manager.io/certificate-name': 'web'}},
			{'tls.crt': 'text of /pki/tls.crt', 'tls.key': 'text of /pki/tls.key', 'ca.crt': 'more'},
		);
		const cluster = kept(generated(), live);
		expect(changesOf(await look(secretsStep, site(cluster)))).not.toContain('update secret zenml-pro/zenml-tls (data)');
		await secretsStep.apply?.(site(cluster));
		expect(cluster.all.get('Secret zenml-pro/zenml-tls')).toBe(live);
		expect(await look(secretsStep, site(cluster))).toMatchObject({status: 'ok'});
	});

	test('one is told among the prerequisites, before anything changes; where Secrets may not be read, that is said', async () => {
		const world = site(kept(generated(), foreignTls(madeWith('kubectl'))));
		expect(await refusalOf(owners.run(world))).toMatchObject({code: code('object-of-others')});
		expect(await owners.run(site(kept(generated())))).toEqual({note: '8 names, none of somebody else'});
		const get = async () => {
			throw refusal('kubernetes-forbidden');
		};
		expect(await owners.run(site({...kept(), get}))).toMatchObject({bad: true});
	});

	test('every Secret of the install is looked for among them', async () => {
		const world = site(kept(generated()));
		const made = await secretObjects(world, await databasePasswords(world, async () => 'a password'));
		const names = (all: readonly {readonly namespace?: string | undefined; readonly name: string}[]) =>
			all.map(({namespace, name}) => `${namespace}/${name}`).toSorted();
		expect(names(secretPlaces(world))).toEqual(names(made.map(({metadata}) => metadata)));
	});

	test('a role of somebody else is refused by the workload manager too', async () => {
		const answers = answersOf((input) => ({...input, workloadManager: {enabled: true}}));
		const {namespace} = answers.workloadManager;
		const role: KubeObject = {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'Role',
			metadata: {name: 'zenml-workload-manager', namespace, ...madeWith('kubectl', 'f:rules')},
			rules: [],
		};
		expect(await refusalOf(look(workloadManagerStep, worldOf({answers, cluster: kept(role)})))).toMatchObject({
			code: code('object-of-others'),
			message: `The Role ${namespace}/zenml-workload-manager belongs to somebody else: made with kubectl.`,
			fix: 'Use a namespace of its own for this component, or have the owner give the object up.',
			answers: ['workloadManager.namespace', 'workloadManager.serviceAccount'],
		});
	});

	test('what this tool made, or nobody, has no other owner', () => {
		const ours = {'app.kubernetes.io/managed-by': 'zenml-airgap'};
		expect(otherOwner(foreignTls({labels: ours}))).toBeUndefined();
		expect(otherOwner(foreignTls({labels: ours, ...madeWith('kubectl-edit')}))).toBeUndefined();
		expect(otherOwner(foreignTls(madeWith('zenml-airgap')))).toBeUndefined();
		expect(otherOwner(foreignTls(madeWith('kubectl-label', 'f:metadata')))).toBeUndefined();
		expect(otherOwner(foreignTls({}))).toBeUndefined();
	});

	test('all that is wanted is there only where every part of it is', () => {
		expect(holdsAll({metadata: 1, a: [{b: 1, c: 2}]}, {metadata: 2, a: [{b: 1}]})).toBe(true);
		expect(holdsAll({a: [1, 2]}, {a: [1]})).toBe(false);
		expect(holdsAll({}, {a: 'x'})).toBe(false);
		expect(holdsAll({a: 'x'}, {a: ['x']})).toBe(false);
		expect(holdsAll('x', {a: 'x'})).toBe(false);
	});
});
