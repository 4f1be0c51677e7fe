import {urlOf} from '../answers/addresses.ts';
import {ProblemsError} from '../base/problem.ts';
import type {Awaited, Finding, Handover} from '../engine/plan.ts';
import {caScripts} from '../network/ca-scripts.ts';
import {handOver, pollEveryMs} from './shared/handover.ts';
import {componentsOf} from './shared/names.ts';
import {runPodProbe} from './shared/pod-probe.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

const hostsOf = ({answers}: World): readonly string[] => componentsOf(answers).map(({answers: {host}}) => host);

/** What a pod says of the CA; nothing when pod checks are off or this is a dry run. */
const fromPod = async (world: World, ca: string): Promise<readonly Awaited[]> => {
	const {answers} = world;
	const url = `${urlOf(answers, answers.controlPlane.host)}/`;
	const result = await runPodProbe(world, 'https', {url, ca});
	if (!result) return [];
	const ok = result.error === undefined;
	const note = ok ? `HTTP ${result.status}` : String(result.error);
	return [{label: `a pod opens ${url} with this CA`, ok, note}];
};

/** Fingerprint of the CA, for people who compare it. @throws ProblemError where certificate, key and CA do not do */
const fingerprintOf = async (world: World): Promise<string> => {
	const {tls, answers, clock} = world;
	const read = await tls.readPair(answers.tls, hostsOf(world), clock.now());
	if ('problems' in read) throw new ProblemsError(read.problems);
	return read.pair.caFacts.fingerprint;
};

const caHandover = (
	world: World,
	{ca, fingerprint, awaited}: {readonly ca: string; readonly fingerprint: string; readonly awaited: readonly Awaited[]},
): Handover => {
	const confirmable = world.answers.network.caHandover === 'confirm';
	return {
		id: 'ca',
		title: 'CA certificate for every client',
		who: 'desktop team',
		intro:
			'Browsers, Python clients and pipeline containers must trust the internal CA. The scripts hold the certificate and check its fingerprint.',
		sections: caScripts({caPem: ca, caFingerprint: fingerprint, hosts: hostsOf(world)}),
		awaited,
		pollEveryMs,
		acknowledge: confirmable ? 'The CA certificate was handed on to those who install it on the clients.' : undefined,
	};
};

const check = async (world: World): Promise<Finding> => {
	const {answers, tls, host, clock} = world;
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const fingerprint = await fingerprintOf(world);
	const {trusted, file} = await tls.hostTrusts(ca, clock.now());
	const here = {label: 'this host trusts the CA', ok: trusted, note: trusted ? file : `it is not in ${file}`};
	// A pod costs seconds: it is asked once this host trusts the CA.
	const awaited = trusted ? [here, ...(await fromPod(world, ca))] : [here];
	if (awaited.every(({ok}) => ok)) return {status: 'ok', note: `trusted by ${file}`};
	return handOver(world, caHandover(world, {ca, fingerprint, awaited}), 'handover-ca');
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
