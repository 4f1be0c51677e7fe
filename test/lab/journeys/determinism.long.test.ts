import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type KubernetesServer, startKubernetes} from '../../../rehearsal/kubernetes/index.ts';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {targetOf} from '../api-client.ts';
import {compareJourneys, inShort} from './compare-steps.ts';
import {unexplained} from './explain.ts';
import {failing, helmJourney, runOfChart} from './helm-journey.ts';
import {known} from './known.ts';

const clusters: KubernetesServer[] = [];
beforeAll(async () => {
	for (const readyAfterMs of [20, 60])
		clusters.push(
			await startKubernetes({
				ingressAddress: '127.0.0.9',
				pace: {readyAfterMs, stopMs: 5, backoffMs: 100, retryMs: 20, addressMs: 10},
				runPod: runOfChart,
			}),
		);
});
afterAll(async () => {
	for (const cluster of clusters) await cluster.stop();
});

describe('a recorded journey of Helm', () => {
	it.concurrent.each(['3.18.0', '4.2.3'] as const)(
		'compares equal in two rehearsals of different pace (%s)',
		async (version) => {
			const {helm} = await fetchHelm(version);
			const namespace = `journey-${version.slice(0, 1)}`;
			const [left, right] = await Promise.all(
				clusters.map(async (cluster, index) => ({
					steps: await helmJourney(targetOf(`${index}`, cluster.kubeconfig), helm, version, namespace, 3),
					// Each has its own CA.
					world: [[cluster.caPem, 'CA']] as const,
				})),
			);
			expect(left?.steps.flatMap(({name, code}) => (code === 0 ? [] : [name]))).toEqual(failing);
			// States that come and go between two looks are excused as they are in the lab.
			const passing = known.filter(({sometimes}) => sometimes);
			const lines = left && right ? compareJourneys(left, right) : [];
			expect(unexplained(`helm ${version}`, lines, new Set(), passing).map(inShort)).toEqual([]);
			expect(left?.steps.every(({exchanges}) => exchanges.length > 0)).toBe(true);
		},
	);
});
