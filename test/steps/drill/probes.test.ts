import {expect, test} from 'vitest';
import {refusal} from '../parts.ts';
import {answersOf} from '../world.ts';
import {type Asked, answerTo, checksOf, drilled, drillSite, type Said} from './site.ts';

type Site = ReturnType<typeof drillSite>;

/** What is found where answers to some questions are others than usual. */
const answering = async (change: (asked: Asked) => Said | undefined, more: (site: Site) => void = () => undefined) => {
	const site = drillSite();
	site.state.print = (requests) => ({answers: requests.map((asked) => change(asked) ?? answerTo(asked))});
	more(site);
	await drilled(site);
	return site;
};
const ends = (asked: Asked, end: string): boolean => asked.url.endsWith(end);
const pro = 'http://drill-pro.zenml-airgap-drill.svc';

test('servers are asked beside them, by their Services, and only the login gets the password', async () => {
	const site = await answering(() => undefined);
	expect(site.probes.map(({env}) => (JSON.parse(env.PROBE_ARGS ?? '') as {requests: unknown}).requests)).toEqual([
		[{url: `${pro}:80/api/v1/health`}, {url: `${pro}:80/api/v1/auth/login`, username: 'admin'}],
		[
			{url: 'http://drill-ws1.zenml-airgap-drill.svc:80/health'},
			{url: 'http://drill-ws1.zenml-airgap-drill.svc:80/api/v1/info'},
		],
		[
			{url: 'https://zenml-pro.corp.internal', connect: true},
			{url: 'https://zenml.corp.internal', connect: true},
		],
	]);
	expect(site.probes.map(({namespace, secretEnv}) => [namespace, secretEnv])).toEqual([
		['zenml-airgap-drill', {PROBE_PASSWORD: {secret: 'zenml-airgap-drill-login', key: 'password'}}],
		['zenml-airgap-drill', undefined],
		['zenml-airgap-drill', undefined],
	]);
	expect(JSON.stringify(site.probes)).not.toContain('password of then');
});

test('where pods of ours are not wanted, all that they would prove is open', async () => {
	const site = drillSite();
	const {answers} = site.world;
	const world = {...site.world, answers: {...answers, network: {...answers.network, podChecks: false}}};
	await drilled({...site, world});
	const words = 'no pod was started to look: network.podChecks is false';
	expect(checksOf(site).slice(-3)).toEqual([
		`open control plane: API and login: ${words}`,
		`open workspace default: /health and /info: ${words}`,
		`open no way to the real servers: ${words}`,
	]);
	expect(site.probes).toEqual([]);
});

test('a pod that does not start is a finding, and everything is removed', async () => {
	const site = await answering(() => {
		throw refusal('probe-timeout', 'The pod did not end.');
	});
	expect(checksOf(site).at(-1)).toBe('failed servers asked: The pod did not end. Why probe-timeout.');
	expect([...site.scratch]).toEqual([]);
});

test('a release without a Service, or with one that has no ports, is asked by nobody', async () => {
	const without = [
		{},
		{'drill-pro': undefined, 'drill-ws1': undefined},
		{'drill-pro': {ports: 'none'}, 'drill-ws1': {ports: 'none'}},
		{'drill-pro': {ports: [7, {port: 'http'}]}, 'drill-ws1': {ports: [null]}},
	];
	for (const services of without) {
		const site = await answering(
			() => undefined,
			({state}) => {
				state.services = services;
			},
		);
		expect(checksOf(site, 'no Service')).toEqual([]);
		expect(checksOf(site).slice(-3, -1)).toEqual([
			'failed control plane: API: its release has no Service',
			'failed workspace default: /health and /info: its release has no Service',
		]);
		expect(site.probes).toHaveLength(1);
	}
});

test('of several Services that of the API is asked for the login, not that of the pages', async () => {
	const services = {'drill-pro': {ports: [{port: 80}, {port: 8000}]}, 'drill-ws1': {ports: [{port: 80}]}};
	const site = await answering(
		(asked) => {
			if (ends(asked, ':80/api/v1/health')) return {status: 200, type: 'text/html', body: '<html>'};
			if (ends(asked, ':80/api/v1/auth/login')) return {status: 405};
			return undefined;
		},
		({state}) => {
			state.services = services;
		},
	);
	expect(checksOf(site, 'control plane: login')).toEqual([
		'passed control plane: login: admin logs in with the password of the backup',
	]);
});

test('an API that does not answer is told with what each address said', async () => {
	const services = {'drill-pro': {ports: [{port: 80}, {port: 81}, {port: 82}]}};
	const site = await answering(
		(asked) => {
			if (ends(asked, ':80/api/v1/health')) return {status: 503};
			if (ends(asked, ':81/api/v1/health')) return {error: 'Connection refused\n', kind: 'refused'};
			return ends(asked, ':82/api/v1/health') ? {} : undefined;
		},
		({state}) => {
			state.services = services;
		},
	);
	expect(checksOf(site, 'control plane: API')).toEqual([
		`failed control plane: API: ${pro}:80: status 503; ${pro}:81: Connection refused; ${pro}:82: no answer`,
	]);
	expect(checksOf(site, 'control plane: login')).toEqual([]);
});

test('an administrator who is not let in is told', async () => {
	const site = await answering((asked) => (ends(asked, '/login') ? {status: 401} : undefined));
	expect(checksOf(site, 'control plane: login')).toEqual([
		'failed control plane: login: admin is not let in: status 401',
	]);
	const tokenless = await answering((asked) => (ends(asked, '/login') ? {status: 200, token: false} : undefined));
	expect(checksOf(tokenless, 'control plane: login')).toEqual([
		'failed control plane: login: admin is not let in: status 200',
	]);
});

const workspace = 'workspace default: /health and /info:';

test.each([
	[
		'is not well',
		'/health',
		{status: 500},
		'/health: status 500; /api/v1/info: status 200, version 0.95.1, database mysql',
	],
	[
		'tells nothing of itself',
		'/info',
		{error: 'timed out', kind: 'timeout'},
		'/health: status 200; /api/v1/info: timed out, version ?, database ?',
	],
	[
		'answers with a page',
		'/info',
		{status: 200, type: 'text/html', body: '<html>'},
		'/health: status 200; /api/v1/info: status 200, version ?, database ?',
	],
	[
		'answers with a list',
		'/info',
		{status: 200, type: 'application/json', body: '[]'},
		'/health: status 200; /api/v1/info: status 200, version ?, database ?',
	],
	[
		'keeps its data in the pod',
		'/info',
		{status: 200, body: '{"version": "0.95.1", "database_type": "sqlite"}'},
		'/health: status 200; /api/v1/info: status 200, version 0.95.1, database sqlite',
	],
])('a workspace that %s has failed', async (_what, end, said, words) => {
	const site = await answering((asked) => (ends(asked, `${end}`) && !ends(asked, '/api/v1/health') ? said : undefined));
	expect(checksOf(site, '/info')).toEqual([`failed ${workspace} ${words}`]);
});

test('what a server says of itself is cut and stays on its line', async () => {
	const body = JSON.stringify({version: `1\n\u001B[31m${'9'.repeat(500)}`, database_type: 'mysql'});
	const site = await answering((asked) => (ends(asked, '/info') ? {status: 200, body} : undefined));
	const [told = ''] = checksOf(site, '/info');
	expect(told).toMatch(/version 1 \[31m9+/u);
	expect(told.length).toBeLessThan(250);
});

const apart = 'no way to the real servers';
const isolated = async (...said: readonly Said[]) => {
	const left = [...said];
	return checksOf(await answering(({connect}) => (connect ? left.shift() : undefined)), apart);
};

test('a cluster that keeps pods apart is told with how it does', async () => {
	expect(await isolated({error: 'x', kind: 'dns'}, {error: 'y', kind: 'refused'})).toEqual([
		`passed ${apart}: a pod of the drill reaches none of https://zenml-pro.corp.internal, https://zenml.corp.internal (dns, refused)`,
	]);
});

test('a cluster that lets pods through is told by what they reach', async () => {
	const [told = ''] = await isolated({error: 'x', kind: 'timeout'}, {connected: true});
	expect(told).toContain(
		`open ${apart}: this cluster does not enforce NetworkPolicy: a pod of the drill reaches https://zenml.corp.internal. Values alone`,
	);
});

test('a pod that could not look proves nothing', async () => {
	expect(await isolated({error: 'x', kind: 'timeout'}, {error: 'bad file descriptor', kind: 'other'})).toEqual([
		`open ${apart}: a pod of the drill could not find out: bad file descriptor`,
	]);
	for (const [printed, words] of [
		[{error: 'killed', kind: 'other'}, 'killed'],
		[{answers: 'none'}, 'no answer'],
		[{answers: []}, 'no answer'],
	] as const) {
		const site = drillSite();
		site.state.print = (requests) => (requests[0]?.connect ? printed : {answers: requests.map(answerTo)});
		await drilled(site);
		expect(checksOf(site, apart)).toEqual([`open ${apart}: a pod of the drill could not find out: ${words}`]);
	}
});

test('the port of the way in is asked', async () => {
	const site = drillSite();
	const {ingress} = answersOf();
	const world = {...site.world, answers: {...site.world.answers, ingress: {...ingress, httpsPort: 8443}}};
	await drilled({...site, world});
	expect(checksOf(site, apart)[0]).toContain('https://zenml-pro.corp.internal:8443');
});

test('a workspace is asked although the control plane did not come back', async () => {
	const site = await answering(
		() => undefined,
		({state}) => {
			state.failing = {'restore zenml_drill_pro': new Error('torn')};
		},
	);
	expect([...site.objects.keys()].filter((name) => name.includes('login'))).toEqual([]);
	expect(checksOf(site, '/info')[0]).toContain(`passed ${workspace}`);
	expect(site.probes.every(({secretEnv}) => secretEnv === undefined)).toBe(true);
});
