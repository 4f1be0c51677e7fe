import {describe, expect, test} from 'vitest';
import type {PodProbe} from '../../source/cluster/types.ts';
import {probeFromPod, runPodProbe} from '../../source/steps/shared/pod-probe.ts';
import {carried} from './parts.ts';
import {answersOf, code, worldOf} from './world.ts';

const pod = (...output: readonly string[]) => ({probe: async () => ({exitCode: 0, output})});

describe('a probe pod', () => {
	test('runs with the image of the workspace server, pulled with the secret of the namespace', async () => {
		const asked: PodProbe[] = [];
		const probe = async (one: PodProbe) => {
			asked.push(one);
			return {exitCode: 0, output: ['starting', '{"ok": true}']};
		};
		const world = worldOf({bundle: carried(), cluster: {probe}});
		expect(await runPodProbe(world, 'dns', {names: ['db']})).toEqual({ok: true});
		expect(asked[0]).toMatchObject({
			namespace: 'zenml-pro',
			name: 'zenml-airgap-probe-dns',
			image: 'registry.corp/zenml/zenml-pro-server@sha256:zenml-pro-server',
			pullSecret: 'internal-registry-secret',
			podSecurityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000},
			env: {PROBE_ARGS: '{"names":["db"]}'},
		});
		expect(world.told).toEqual([
			{kind: 'waiting', reason: 'a probe pod in namespace zenml-pro (dns)', timeoutMs: 90_000},
		]);
	});

	test('needs no pull secret where the registry has no login', async () => {
		const answers = answersOf((input) => ({...input, registry: {host: 'registry.corp', prefix: ''}}));
		const probe = async (one: PodProbe) => {
			expect(one.pullSecret).toBeUndefined();
			expect(one.image).toBe('registry.corp/zenml-pro-server@sha256:zenml-pro-server');
			return {exitCode: 0, output: ['{}']};
		};
		expect(await runPodProbe(worldOf({answers, bundle: carried(), cluster: {probe}}), 'dns', {})).toEqual({});
	});

	test('runs on the nodes that the pods of its component may run on', async () => {
		const answers = answersOf((input) => ({
			...input,
			controlPlane: {
				...input.controlPlane,
				nodeSelector: {pool: 'servers'},
				tolerations: {dedicated: 'zenml:NoSchedule'},
			},
		}));
		const probe = async ({scheduling}: PodProbe) => {
			expect(scheduling).toEqual({
				nodeSelector: {pool: 'servers'},
				tolerations: [{key: 'dedicated', operator: 'Equal', value: 'zenml', effect: 'NoSchedule'}],
			});
			return {exitCode: 0, output: ['{}']};
		};
		expect(await runPodProbe(worldOf({answers, bundle: carried(), cluster: {probe}}), 'dns', {})).toEqual({});
	});

	test('that prints half a line of JSON has printed no result', async () => {
		for (const line of ['{"ok": tr', '[1]', 'null', '{']) {
			const world = worldOf({bundle: carried(), cluster: pod('{"early": true}', line)});
			expect(await runPodProbe(world, 'dns', {})).toEqual({early: true});
			const alone = worldOf({bundle: carried(), cluster: pod(line)});
			expect(await runPodProbe(alone, 'dns', {})).toEqual({
				error: `the probe printed no result: ${line}`,
				kind: 'other',
			});
		}
	});

	test('is not started in a dry run, nor when the answers say so', async () => {
		const off = answersOf((input) => ({...input, network: {podChecks: false}}));
		expect(await runPodProbe(worldOf({pass: 'look'}), 'dns', {})).toBeUndefined();
		expect(await runPodProbe(worldOf({answers: off}), 'dns', {})).toBeUndefined();
	});
});

describe('what a pod cannot reach', () => {
	test.each([
		['https', code('unreachable-from-pod-https'), 'cluster'],
		['dns', code('unreachable-from-pod-dns'), 'cluster'],
	] as const)('by %s is %s, for the network team', async (kind, name, area) => {
		const world = worldOf({bundle: carried(), cluster: pod('{"error": "timed out", "kind": "timeout"}')});
		const probe = {kind, args: {}, what: 'the server db:1', answers: ['database.host']};
		expect(await probeFromPod(world, probe)).toEqual({
			code: name,
			area,
			who: 'network team',
			message: 'A pod cannot reach the server db:1, though this host can.',
			cause: 'The pod itself says: timed out',
			fix: 'Let the pods of this cluster through: network policies, firewall between the nodes and the server, name resolution in the cluster.',
			nextSteps: ['kubectl -n zenml-pro get networkpolicy'],
			answers: ['database.host'],
		});
	});

	test('a pod that gets through, or is not started, is no problem', async () => {
		const probe = {kind: 'dns', args: {}, what: 'it', answers: []} as const;
		const reached = worldOf({bundle: carried(), cluster: pod('{"ok": true}')});
		expect(await probeFromPod(reached, probe)).toBeUndefined();
		expect(await probeFromPod(worldOf({pass: 'look'}), probe)).toBeUndefined();
	});
});
