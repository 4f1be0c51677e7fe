import {writeFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {net} from '../../../lab/paths.ts';
import {type KubernetesServer, startKubernetes} from '../../../rehearsal/kubernetes/index.ts';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {targetFromFile, targetOf} from '../api-client.ts';
import {labFacts} from '../lab.ts';
import {compareJourneys, inShort, type Journey} from './compare-steps.ts';
import {unexplained} from './explain.ts';
import {failing, helmJourney, runOfChart} from './helm-journey.ts';
import {installInLab, installInRehearsal} from './install-worlds.ts';
import {type Known, known} from './known.ts';

const facts = labFacts();
const found: string[] = [];
const met = new Set<Known>();
let cluster: KubernetesServer;

beforeAll(async () => {
	cluster = await startKubernetes({
		version: facts.kubernetes.version,
		ingressAddress: '127.0.0.9',
		pace: {readyAfterMs: 200, stopMs: 50, backoffMs: 1000, retryMs: 20, addressMs: 10},
		runPod: runOfChart,
	});
});
afterAll(async () => {
	// The whole list, for whoever mends the rehearsal.
	if (process.env.JOURNEYS_REPORT) writeFileSync(process.env.JOURNEYS_REPORT, `${found.join('\n')}\n`);
	await cluster?.stop();
});

/** The differences that nobody has explained, one line each. */
const differences = (journey: string, lab: Journey, rehearsal: Journey): readonly string[] => {
	const lines = unexplained(journey, compareJourneys(lab, rehearsal), met).map(inShort);
	found.push(...lines.map((line) => `${journey} | ${line}`));
	return lines;
};

// The rehearsal plays 1.34: with another minor the differences are those between releases, not errors.
describe.skipIf(!facts.kubernetes.version.startsWith('v1.34.'))('journeys in the lab and in the rehearsal', () => {
	it.concurrent.each(['3.18.0', '4.2.3'] as const)(
		'Helm %s is answered alike through the life of a release',
		async (version) => {
			const {helm} = await fetchHelm(version);
			const namespace = `journey-${version.slice(0, 1)}`;
			const lab = targetFromFile('lab', facts.kubernetes.kubeconfig);
			const [left, right] = await Promise.all(
				[lab, targetOf('rehearsal', cluster.kubeconfig)].map((target) => helmJourney(target, helm, version, namespace)),
			);
			if (!left || !right) throw new Error('a journey is missing');
			expect(left.flatMap(({name, code}) => (code === 0 ? [] : [name]))).toEqual(failing);
			expect(
				differences(
					`helm ${version}`,
					{
						steps: left,
						world: [
							[lab.ca, 'CA'],
							[net.nodeName, 'NODE'],
						],
					},
					{
						steps: right,
						world: [
							[cluster.caPem, 'CA'],
							['rehearsal-1', 'NODE'],
						],
					},
				),
			).toEqual([]);
		},
	);

	it('our install and its second run are answered alike', async () => {
		const {helm} = await fetchHelm('4.2.3');
		const [left, right] = await Promise.all([installInLab(helm), installInRehearsal(helm)]);
		for (const {steps} of [left, right]) for (const {code, output} of steps) expect(code, output).toBe(0);
		expect(differences('install', left, right)).toEqual([]);
	});

	it('lists no difference that is gone', () => {
		expect(known.filter((one) => !one.sometimes && !met.has(one)).map(({reason}) => reason)).toEqual([]);
	});
});
