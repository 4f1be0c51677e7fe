import {writeFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {type KubernetesServer, startKubernetes} from '../../rehearsal/kubernetes/index.ts';
import {type Reply, send, type Target, targetFromFile, targetOf} from './api-client.ts';
import {type Difference, differences} from './compare.ts';
import {labFacts} from './lab.ts';
import {type Known, known} from './table/known.ts';
import {type Call, play} from './table/scenario.ts';
import {scenarios} from './table/scenarios.ts';

let rehearsal: KubernetesServer;
let targets: readonly [Target, Target];
const found: string[] = [];

beforeAll(async () => {
	const facts = labFacts();
	rehearsal = await startKubernetes({
		version: facts.kubernetes.version,
		ingressAddress: '127.0.0.9',
		pace: {readyAfterMs: 20, stopMs: 5, backoffMs: 20, retryMs: 20, addressMs: 10},
		runPod: async () => 'running',
	});
	targets = [targetFromFile('lab', facts.kubernetes.kubeconfig), targetOf('rehearsal', rehearsal.kubeconfig)];
});
afterAll(async () => {
	// The whole list, for whoever mends the rehearsal.
	if (process.env.TABLE_REPORT) writeFileSync(process.env.TABLE_REPORT, `${found.join('\n')}\n`);
	await rehearsal?.stop();
});

/** Longest wait for what controllers put into a new namespace, ms. */
const settledMs = 30_000;

/** A namespace with what controllers put into it: until they have, a list of a busy server lacks it. */
const makeNamespace = async (target: Target, name: string): Promise<void> => {
	expect((await send(target, 'POST', '/api/v1/namespaces', {metadata: {name}})).status).toBe(201);
	for (const own of ['configmaps/kube-root-ca.crt', 'serviceaccounts/default'])
		await vi.waitFor(
			async () => expect((await send(target, 'GET', `/api/v1/namespaces/${name}/${own}`)).status).toBe(200),
			settledMs,
		);
};

const part = (reply: Reply, path: string): unknown =>
	path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], reply);

const compare = (call: Call, [lab, rehearsed]: readonly [Reply, Reply]): readonly Difference[] => {
	const all = call.only
		? call.only.flatMap((path) => differences(part(lab, path), part(rehearsed, path), path))
		: differences(lab, rehearsed);
	return all.filter(
		({path}) => !call.without?.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`)),
	);
};

// The rehearsal plays 1.34: with another minor the differences are those between releases, not errors.
const isSameMinor = labFacts().kubernetes.version.startsWith('v1.34.');
const met = new Set<Known>();

describe.skipIf(!isSameMinor)('rehearsal and API server 1.34 answer alike', () => {
	for (const [index, scenario] of scenarios.entries()) {
		it(scenario.name, async () => {
			const namespace = `table-${index}-${process.pid}`;
			await Promise.all(targets.map(async (target) => makeNamespace(target, namespace)));
			const [lab, rehearsed] = await Promise.all(targets.map((target) => play(target, scenario, namespace)));
			const lines = scenario.calls.flatMap((call, at) => {
				const pair = [lab?.[at], rehearsed?.[at]] as unknown as readonly [Reply, Reply];
				return compare(call, pair)
					.filter(({path}) => {
						const reason = known.find(
							(one) =>
								(one.scenario ?? scenario.name) === scenario.name &&
								one.except !== scenario.name &&
								one.call.test(call.title) &&
								one.path.test(path),
						);
						if (reason) met.add(reason);
						return !reason;
					})
					.map(
						({path, lab: left, rehearsal: right}) =>
							`${scenario.name} | ${call.title} | ${path} | lab ${left} | rehearsal ${right}`,
					);
			});
			found.push(...lines);
			for (const target of targets) await send(target, 'DELETE', `/api/v1/namespaces/${namespace}`);
			expect(lines).toEqual([]);
		});
	}

	it('lists no difference that is gone', () => {
		expect(known.filter((one) => !met.has(one)).map(({reason}) => reason)).toEqual([]);
	});
});
