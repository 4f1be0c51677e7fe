import {urlOf} from '../answers/addresses.ts';
import {ProblemsError} from '../base/problem.ts';
import type {Awaited, Finding, Handover} from '../engine/plan.ts';
import type {Pack} from '../handover/pack.ts';
import {caPackOf, hostsOf} from './handover/ca.ts';
import {handOver, pollEveryMs, savePapers} from './shared/handover.ts';
import {componentsOf} from './shared/names.ts';
import {runPodProbe} from './shared/pod-probe.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

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

const caHandover = (world: World, pack: Pack, awaited: readonly Awaited[]): Handover => ({
	...pack,
	awaited,
	pollEveryMs,
	acknowledge:
		world.answers.network.caHandover === 'confirm'
			? 'The CA certificate was handed on to those who install it on the clients.'
			: undefined,
});

const check = async (world: World): Promise<Finding> => {
	const {answers, tls, host, clock} = world;
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const fingerprint = await fingerprintOf(world);
	const {trusted, file} = await tls.hostTrusts(ca, clock.now());
	const here = {label: 'this host trusts the CA', ok: trusted, note: trusted ? file : `it is not in ${file}`};
	// A pod costs seconds: it is asked once this host trusts the CA.
	const awaited = trusted ? [here, ...(await fromPod(world, ca))] : [here];
	const pack = await caPackOf(world, {ca, fingerprint});
	if (!awaited.every(({ok}) => ok)) return handOver(world, caHandover(world, pack, awaited), 'handover-ca');
	// That this host trusts it says nothing of the others.
	const folder = await savePapers(world, pack);
	const papers = folder === undefined ? '' : `; for the ${pack.who}: ${folder}`;
	return {status: 'ok', note: `trusted by ${file}${papers}`};
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
