import type {Awaited, Finding} from '../engine/plan.ts';
import {caScripts} from '../network/ca-scripts.ts';
import {waitFor} from './shared/handover.ts';
import {componentsOf, urlOf} from './shared/names.ts';
import {runPodProbe} from './shared/pod-probe.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

const pollEveryMs = 3000;

const fromPod = async (world: World, ca: string): Promise<readonly Awaited[]> => {
	const {answers} = world;
	const url = `${urlOf(answers, answers.controlPlane.host)}/`;
	const result = await runPodProbe(world, 'https', {url, ca});
	if (!result) return [];
	const ok = result.error === undefined;
	return [{label: `a pod opens ${url} with this CA`, ok, note: ok ? `HTTP ${result.status}` : String(result.error)}];
};

const check = async (world: World): Promise<Finding> => {
	const {answers, tls, host, clock, acknowledged} = world;
	const hosts = componentsOf(answers).map(({answers: {host: name}}) => name);
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const {trusted, file} = await tls.hostTrusts(ca);
	const read = await tls.readPair(answers.tls, hosts, clock.now());
	if ('problems' in read && read.problems[0]) return {status: 'blocked', problem: read.problems[0]};
	const here: Awaited = {label: 'this host trusts the CA', ok: trusted, note: trusted ? file : `it is not in ${file}`};
	const awaited = trusted ? [here, ...(await fromPod(world, ca))] : [here];
	const missing = awaited.filter(({ok}) => !ok);
	if (missing.length === 0) return {status: 'ok', note: `trusted by ${file}`};
	const confirmable = answers.network.caHandover === 'confirm';
	if (acknowledged && confirmable)
		return {
			status: 'ok',
			note: 'confirmed by the operator',
			warnings: missing.map(({label, note}) => `${label}: ${note}`),
		};
	if (world.pass === 'look')
		return {status: 'todo', changes: missing.map(({label, note}) => ({action: 'wait', target: label, detail: note}))};
	const fingerprint = 'pair' in read ? read.pair.caFacts.fingerprint : '';
	return waitFor(
		{
			id: 'ca',
			title: 'CA certificate for every client',
			who: 'network team',
			intro:
				'Browsers, Python clients and pipeline containers must trust the internal CA. The scripts hold the certificate and check its fingerprint.',
			sections: caScripts({caPem: ca, caFingerprint: fingerprint, hosts}),
			awaited,
			pollEveryMs,
			acknowledge: confirmable ? 'The CA certificate was handed on to those who install it on the clients.' : undefined,
		},
		'handover-ca',
	);
};

/** Guide step 11: hand-out scripts for each kind of client; goes on when this host trusts the CA. */
export const caStep: Step = {
	id: 'ca',
	title: 'CA certificate',
	why: 'A client that does not know your CA refuses the servers; each machine needs the certificate once.',
	area: 'people',
	inputs: (answers) => ({
		ca: answers.tls.ca,
		hosts: componentsOf(answers).map(({answers: {host}}) => host),
		httpsPort: answers.ingress.httpsPort,
		trustStore: answers.network.trustStore,
		handover: answers.network.caHandover,
		podChecks: answers.network.podChecks,
	}),
	timeouts: shortTimeouts,
	check,
};
