import {describe, expect, test} from 'vitest';
import type {Finding, Step} from '../../source/engine/plan.ts';
import {caStep} from '../../source/steps/ca.ts';
import {dnsStep} from '../../source/steps/dns.ts';
import {workspacesStep} from '../../source/steps/workspaces/index.ts';
import type {ZenmlSession} from '../../source/zenml/types.ts';
import {selfSigned} from '../network/self-signed.ts';
import {
	carried,
	files,
	generated,
	generatedAndEnrolled,
	goodPair,
	info,
	ingress,
	kept,
	refusal,
	sessionOf,
} from './parts.ts';
import {answersOf, changesOf, code, type Given, linesOf, look, refusalOf, worldOf} from './world.ts';

type Network = NonNullable<Parameters<Parameters<typeof answersOf>[0] & object>[0]['network']>;
const answersWith = (network: Network, ingress: {readonly address?: string} = {address: '10.1.2.3'}) =>
	answersOf((input) => ({...input, network, ingress}));

/** What a pod answers when it is asked. */
const pod = (result: object | readonly string[]) => ({
	probe: async () => ({exitCode: 0, output: Array.isArray(result) ? result : [JSON.stringify(result)]}),
});

const waitingOf = (finding: Finding) => {
	if (finding.status !== 'waiting') throw new Error(JSON.stringify(finding));
	return finding;
};
const awaitedIn = (finding: Finding): readonly string[] =>
	waitingOf(finding).handover.awaited.map(({label, ok, note}) => `${ok ? 'ok' : '--'} ${label}: ${note}`);

const see = async (step: Pick<Step<never, never>, 'id'> & {readonly check: unknown}, given: Given): Promise<Finding> =>
	look(step as never, worldOf(given));

describe('dns', () => {
	const names = (found: Readonly<Record<string, readonly string[]>>) => ({
		server: '10.0.0.53',
		servers: ['10.0.0.53'],
		resolve: async (host: string) => found[host] ?? [],
	});
	const all = {'zenml-pro.corp.internal': ['10.1.2.3'], 'zenml.corp.internal': ['10.1.2.3', '10.1.2.4']};
	const noPods = answersWith({podChecks: false});

	test('every name leads to the ingress, here and in a pod', async () => {
		const site = {answers: answersWith({}), dns: names(all), bundle: carried(), cluster: pod(all)};
		expect(await see(dnsStep, site)).toEqual({status: 'ok', note: '2 names lead to 10.1.2.3'});
	});

	/** Whoever answers at an address: this installation, or nobody. */
	const answering = (...ours: readonly string[]) => {
		const at =
			<Value>(value: Value) =>
			async ({address = ''}: {readonly address?: string | undefined}) => {
				if (!ours.includes(address)) throw refusal('https-unreachable');
				return value;
			};
		return {apiAnswers: at(undefined), login: at({} as ZenmlSession), workspaceInfo: at(info)};
	};
	const elsewhere = {host: files, cluster: kept(generatedAndEnrolled()), zenml: answering()};

	test('names that are missing or lead elsewhere are awaited from the network team', async () => {
		const found = names({'zenml.corp.internal': ['10.9.9.9']});
		const finding = await see(dnsStep, {...elsewhere, answers: noPods, dns: found});
		expect(awaitedIn(finding)).toEqual([
			'-- zenml-pro.corp.internal from this host: does not exist yet',
			'-- zenml.corp.internal from this host: is 10.9.9.9, not 10.1.2.3, and this installation does not answer there',
		]);
		expect(waitingOf(finding).handover).toMatchObject({
			id: 'dns',
			who: 'network team',
			acknowledge: undefined,
			intro: expect.stringContaining('The jump host asks 10.0.0.53.'),
		});
	});

	test('names that lead to a load balancer in front of the ingress are right', async () => {
		const lb = {'zenml-pro.corp.internal': ['10.9.9.9'], 'zenml.corp.internal': ['10.9.9.8', '10.9.9.9']};
		const cluster = {...kept(generatedAndEnrolled()), ...pod(lb)};
		const zenml = answering('10.9.9.8', '10.9.9.9');
		const site = {...elsewhere, answers: answersWith({}), dns: names(lb), bundle: carried(), cluster, zenml};
		const world = worldOf(site);
		expect(await look(dnsStep, world)).toMatchObject({status: 'ok'});
		expect(linesOf(world.told)).toContain(
			'info zenml-pro.corp.internal from this host: 10.9.9.9, where this installation answers too',
		);
	});

	test('one of several addresses where nobody answers is awaited', async () => {
		const lb = {...all, 'zenml.corp.internal': ['10.9.9.8', '10.9.9.9']};
		const site = {...elsewhere, answers: noPods, dns: names(lb), zenml: answering('10.9.9.8')};
		expect(awaitedIn(await see(dnsStep, site))[1]).toMatch(/^-- zenml\.corp/u);
	});

	test('another installation with the same names and CA is not taken for this one', async () => {
		const other = {'zenml-pro.corp.internal': ['10.9.9.9'], 'zenml.corp.internal': ['10.9.9.9']};
		const login = async () => {
			throw refusal('zenml-login-refused');
		};
		const workspaceInfo = async () => ({...info, proWorkspaceId: 'w9'});
		const zenml = {...answering('10.9.9.9'), login, workspaceInfo};
		const finding = await see(dnsStep, {...elsewhere, answers: noPods, dns: names(other), zenml});
		expect(awaitedIn(finding).map((line) => line.slice(0, 2))).toEqual(['--', '--']);
	});

	test('whoever does not answer as the product is not given the password', async () => {
		const login = async () => {
			throw new Error('the password was sent');
		};
		const other = {...all, 'zenml-pro.corp.internal': ['10.9.9.9']};
		const site = {...elsewhere, answers: noPods, dns: names(other), zenml: {...answering(), login}};
		expect((await see(dnsStep, site)).status).toBe('waiting');
	});

	test('the hand-over tells of both possibilities, and of the answer that settles it', async () => {
		const known = await see(dnsStep, {answers: noPods, dns: names({})});
		expect(waitingOf(known).handover.intro).toBe(
			'These names must lead to 10.1.2.3, which the answers name as the address of the ingress (ingress.address), for people and for pods. The jump host asks 10.0.0.53.',
		);
		const answers = answersWith({podChecks: false}, {});
		const read = await see(dnsStep, {answers, dns: names({}), cluster: kept(ingress())});
		expect(waitingOf(read).handover.intro).toBe(
			'These names must lead to the ingress controller at 10.1.2.3, or to a load balancer in front of it (the operator then gives ingress.address), for people and for pods. The jump host asks 10.0.0.53.',
		);
		expect(waitingOf(read).late('yet').answers).toEqual(['ingress.address']);
	});

	test('once time is over it is a problem with what is missing and the texts to give', async () => {
		const finding = await see(dnsStep, {answers: noPods, dns: names({})});
		const problem = waitingOf(finding).late('within 5 minutes');
		expect(problem).toMatchObject({
			code: code('handover-dns'),
			area: 'people',
			who: 'network team',
			message: 'DNS records for the ingress: not done within 5 minutes.',
			cause:
				'Still to come: zenml-pro.corp.internal from this host: does not exist yet; zenml.corp.internal from this host: does not exist yet.',
			fix: 'Give the text of this hand-over to the network team, then start the same command again.',
		});
		expect(problem.nextSteps).toEqual([
			'the files for the network team are in /state/handover/dns; begin with README.txt',
		]);
		expect(problem.evidence?.join('\n')).toContain('zenml.corp.internal. 300 IN A 10.1.2.3');
	});

	test('what this host sees and a pod does not is awaited too', async () => {
		const cluster = pod({'zenml-pro.corp.internal': ['10.1.2.3'], 'zenml.corp.internal': []});
		const finding = await see(dnsStep, {answers: answersWith({}), dns: names(all), bundle: carried(), cluster});
		expect(awaitedIn(finding).slice(2)).toEqual([
			'ok zenml-pro.corp.internal from a pod: 10.1.2.3',
			'-- zenml.corp.internal from a pod: does not exist yet',
		]);
	});

	test('a probe that fails is told in its own words, not as names that do not exist', async () => {
		const cluster = pod(['Traceback', 'no python here']);
		const finding = await see(dnsStep, {answers: answersWith({}), dns: names(all), bundle: carried(), cluster});
		expect(awaitedIn(finding).slice(2)).toEqual([
			'-- names from a pod: the probe printed no result: Traceback | no python here',
		]);
	});

	test('a bundle without the server image cannot probe, and nobody waits for it', async () => {
		const site = {answers: answersWith({}), dns: names(all), bundle: carried({images: []})};
		expect(await see(dnsStep, site)).toMatchObject({status: 'ok'});
	});

	test('confirmed counts where the answers allow it, with what was not seen as warnings', async () => {
		const site = {dns: names({'zenml-pro.corp.internal': ['10.1.2.3']}), acknowledged: true};
		const confirm = answersWith({podChecks: false, dnsHandover: 'confirm'});
		expect(await see(dnsStep, {...site, answers: confirm})).toEqual({
			status: 'ok',
			note: 'confirmed by the operator, 1 of 2 seen',
			keep: {unseen: ['zenml.corp.internal from this host']},
			warnings: ['zenml.corp.internal from this host: does not exist yet'],
		});
		expect(await see(dnsStep, {...site, answers: noPods})).toMatchObject({status: 'waiting'});
	});

	test('a dry run says what is to be waited for, and starts no pod', async () => {
		const site = {answers: answersWith({}), dns: names({}), pass: 'look'} as const;
		expect(changesOf(await see(dnsStep, site))).toEqual([
			'wait zenml-pro.corp.internal from this host (does not exist yet)',
			'wait zenml.corp.internal from this host (does not exist yet)',
		]);
		expect(await see(dnsStep, {...site, dns: names(all)})).toMatchObject({status: 'ok'});
	});

	test.each<readonly [string, object, readonly string[] | undefined]>([
		['its IP address', {ip: '10.1.2.3'}, undefined],
		['the address of its host name', {hostname: 'lb.corp'}, ['10.1.2.3']],
	])('without an answer, the address is what the controller wrote: %s', async (_what, point, resolved) => {
		const found = names({...all, ...(resolved && {'lb.corp': resolved})});
		const answers = answersWith({podChecks: false}, {});
		const site = {answers, dns: found, cluster: kept(ingress(point))};
		expect(await see(dnsStep, site)).toMatchObject({note: '2 names lead to 10.1.2.3'});
	});

	test('no address at all is refused, and in a dry run awaited', async () => {
		const answers = answersWith({}, {});
		for (const cluster of [kept(), kept(ingress({})), kept(ingress({ip: 'pending'}))]) {
			expect(await refusalOf(see(dnsStep, {answers, cluster}))).toMatchObject({
				code: code('ingress-without-address'),
				cause: 'The ingress controller for class nginx wrote none into the status of the Ingress.',
				fix: 'Try again in a minute. If it stays so, give the address yourself.',
				nextSteps: ['kubectl -n zenml-pro get ingress'],
			});
		}
		expect(changesOf(await see(dnsStep, {answers, cluster: kept(), pass: 'look'}))).toEqual([
			'wait DNS records (the address is known once the ingress is there)',
		]);
	});
});

describe('ca', async () => {
	const ca = (await selfSigned('ca.corp')).cert;
	const files = {readFile: async () => ca};
	const trust = (trusted: boolean) => ({
		readPair: goodPair,
		hostTrusts: async () => ({trusted, file: '/etc/ssl/ca.crt'}),
	});
	const confirm = answersWith({});

	test('this host and a pod trust the CA', async () => {
		const site = {answers: confirm, host: files, tls: trust(true), bundle: carried(), cluster: pod({status: 401})};
		expect(await see(caStep, site)).toEqual({
			status: 'ok',
			note: 'trusted by /etc/ssl/ca.crt; for the desktop team: /state/handover/ca',
		});
		// A look leaves no files.
		expect(await see(caStep, {...site, pass: 'verify'})).toEqual({status: 'ok', note: 'trusted by /etc/ssl/ca.crt'});
	});

	test('papers that cannot be written are told, and hold nobody up', async () => {
		const savePack = async () => {
			throw refusal('state-unwritable', 'The file cannot be written.');
		};
		const world = worldOf({answers: confirm, host: {...files, savePack}, tls: trust(false)});
		const finding = await look(caStep, world);
		expect(waitingOf(finding).handover.folder).toBeUndefined();
		expect(linesOf(world.told)).toEqual([
			'warn the papers for the desktop team were not written: The file cannot be written. Why state-unwritable.',
		]);
	});

	test('papers that somebody had changed are kept, and the log says under which name', async () => {
		const savePack = async () => ({folder: '/state/handover/ca', aside: ['README.txt.edited']});
		const world = worldOf({answers: confirm, host: {...files, savePack}, tls: trust(false)});
		expect(waitingOf(await look(caStep, world)).handover.folder).toBe('/state/handover/ca');
		expect(linesOf(world.told)).toEqual([
			'warn /state/handover/ca: Changed since, and written anew; what was there is kept as README.txt.edited.',
		]);
	});

	test('scripts with the CA are handed over while this host does not', async () => {
		const finding = await see(caStep, {answers: confirm, host: files, tls: trust(false)});
		expect(awaitedIn(finding)).toEqual(['-- this host trusts the CA: it is not in /etc/ssl/ca.crt']);
		const {handover, late} = waitingOf(finding);
		expect(handover).toMatchObject({id: 'ca', acknowledge: expect.stringContaining('was handed on')});
		expect(handover.sections.flatMap(({lines}) => lines).join('\n')).toContain(ca.split('\n')[1]);
		expect(late('yet')).toMatchObject({
			code: code('handover-ca'),
			message: 'CA certificate for every client: not done yet.',
			cause: 'Still to come: this host trusts the CA: it is not in /etc/ssl/ca.crt.',
			fix: 'Give the text of this hand-over to the desktop team, then start the same command again.',
		});
	});

	test('a pod that refuses the server is awaited in its own words', async () => {
		const cluster = pod({error: 'certificate verify failed', kind: 'certificate'});
		const site = {answers: answersOf((input) => ({...input, ingress: {httpsPort: 8443}})), cluster};
		expect(awaitedIn(await see(caStep, {...site, host: files, tls: trust(true), bundle: carried()}))).toEqual([
			'ok this host trusts the CA: /etc/ssl/ca.crt',
			'-- a pod opens https://zenml-pro.corp.internal:8443/ with this CA: certificate verify failed',
		]);
	});

	test('confirmed counts unless the answers say to wait', async () => {
		const site = {host: files, tls: trust(false), acknowledged: true};
		expect(await see(caStep, {...site, answers: confirm})).toMatchObject({
			status: 'ok',
			warnings: ['this host trusts the CA: it is not in /etc/ssl/ca.crt'],
		});
		const wait = answersWith({caHandover: 'wait'});
		expect(await see(caStep, {...site, answers: wait})).toMatchObject({
			status: 'waiting',
			handover: {acknowledge: undefined},
		});
	});

	test('a dry run waits for nobody', async () => {
		const site = {answers: confirm, host: files, tls: trust(false), pass: 'look'} as const;
		expect(changesOf(await see(caStep, site))).toEqual(['wait this host trusts the CA (it is not in /etc/ssl/ca.crt)']);
	});

	test('files that do not fit each other are no work for the desktop team', async () => {
		const problems = [refusal('tls-key-mismatch').problem];
		const tls = {...trust(false), readPair: async () => ({problems})};
		expect(await refusalOf(see(caStep, {host: files, tls}))).toMatchObject({code: 'tls-key-mismatch'});
	});
});

describe('workspaces wait for the name of the control plane, which their servers call when they start', () => {
	const site = (network: Network): Given => ({
		answers: answersWith(network),
		cluster: kept(generated()),
		zenml: sessionOf(),
		host: files,
		dns: {server: '10.0.0.53', servers: ['10.0.0.53'], resolve: async () => []},
	});

	test('that name alone is awaited, with the records of all', async () => {
		const finding = await see(workspacesStep, site({podChecks: false}));
		expect(awaitedIn(finding)).toEqual(['-- zenml-pro.corp.internal from this host: does not exist yet']);
		expect(waitingOf(finding).handover.intro).toContain(
			'Have all of these made now, in one go: zenml-pro.corp.internal, zenml.corp.internal. This step waits for zenml-pro.corp.internal alone;',
		);
		expect(waitingOf(finding).late('yet').code).toBe('handover-dns');
	});

	test('confirmed, or without an address, they go on', async () => {
		const enroll = ['create enrollment of workspace default', 'create release zenml-workspace/zenml'];
		const confirmed = {...site({podChecks: false}), acknowledged: true};
		expect(changesOf(await see(workspacesStep, confirmed))).toEqual(enroll);
		const nowhere = {...site({}), answers: answersWith({}, {})};
		expect(changesOf(await see(workspacesStep, nowhere))).toEqual(enroll);
	});

	test('other passes say what differs and wait for nobody', async () => {
		expect(changesOf(await see(workspacesStep, {...site({}), pass: 'verify'}))).toHaveLength(2);
	});
});
