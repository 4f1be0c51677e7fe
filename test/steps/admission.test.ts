import {expect, test} from 'vitest';
import type {ClusterPort, KubeObject} from '../../source/cluster/types.ts';
import {tryObjects} from '../../source/steps/prerequisites/admission/dry-run.ts';
import {refusal} from './parts.ts';
import {code, worldOf} from './world.ts';

const deployment = {
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name: 'zenml'},
	spec: {template: {metadata: {labels: {team: 'ml'}}, spec: {serviceAccountName: 'zenml', containers: [{name: 'c'}]}}},
};
const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 's'}, data: {a: 'b'}};

/** What is asked of a cluster that refuses some kinds. */
const tried = async (refused: Readonly<Record<string, Error>>) => {
	const asked: KubeObject[] = [];
	const apply: ClusterPort['apply'] = async (object, {dryRun}) => {
		expect(dryRun).toBe(true);
		asked.push(object);
		const error = refused[object.kind];
		if (error) throw error;
		return object;
	};
	return {...(await tryObjects(worldOf({cluster: {apply}}), [deployment, secret], 'zenml-pro')), asked};
};

test('what makes pods is tried, and a pod of it by itself, without the account that is not there yet', async () => {
	const {asked, problems, untried} = await tried({});
	expect([problems, untried]).toEqual([[], 0]);
	expect(asked.map(({kind}) => kind)).toEqual(['Deployment', 'Pod']);
	expect(asked[1]).toMatchObject({metadata: {namespace: 'zenml-pro', labels: {team: 'ml'}}});
	expect(asked[1]?.spec).toEqual({containers: [{name: 'c'}]});
});

test('a policy that refuses the pod is told in its own words, before anything is made', async () => {
	const words = 'admission webhook "validate.kyverno.svc" denied the request: label owner is missing';
	const {problems} = await tried({Pod: refusal('kubernetes-admission-denied', 'denied', {evidence: [words]})});
	expect(problems).toMatchObject([
		{
			code: code('namespace-admission'),
			area: 'prerequisites',
			who: 'cluster admin',
			message: 'The cluster would not take Pod zenml-deployment-dry-run in namespace zenml-pro.',
			cause: `It was tried without being made, and refused: ${words}`,
			evidence: [words],
		},
	]);
});

test('a login that may make no pods, and a quota that this install fills itself, refuse nothing', async () => {
	const {problems, untried} = await tried({
		Pod: refusal('kubernetes-forbidden'),
		Deployment: refusal('kubernetes-quota'),
	});
	expect([problems, untried]).toEqual([[], 2]);
});
