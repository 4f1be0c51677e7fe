import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {HttpsPort, HttpsResponse} from '../../source/network/types.ts';
import {createZenml} from '../../source/zenml/client.ts';
import {hosts, https, openStage, raiseControlPlane, type Stage} from '../rehearsal/product/stage.ts';
import {refusalOf} from '../steps/world.ts';

const {signal} = new AbortController();
const page = (script: string, title = 'ZenML Pro') =>
	`<!doctype html><html><head><title>${title}</title></head><body><div id="root"></div><script type="module" src="${script}"></script></body></html>`;

/** A host that gives each path an answer. */
const read = async (answers: Readonly<Record<string, Partial<HttpsResponse>>>) => {
	const asked: string[] = [];
	const request: HttpsPort['request'] = async ({method, url}) => {
		const {pathname} = new URL(url);
		asked.push(`${method} ${pathname}`);
		return {status: 404, headers: {'content-type': 'text/html'}, body: '', ...answers[pathname]};
	};
	const endpoint = {host: 'pro.corp', port: 8443, ca: ''};
	return {asked, done: createZenml({https: {request}}).dashboard(endpoint, signal)};
};

const script = {status: 200, headers: {'content-type': 'text/javascript'}};

describe('the dashboard', () => {
	it('is its page, with the script that the page loads', async () => {
		const {asked, done} = await read({'/': {status: 200, body: page('/assets/i.js')}, '/assets/i.js': script});
		expect(await done).toEqual({title: 'ZenML Pro', part: '/assets/i.js'});
		expect(asked).toEqual(['GET /', 'HEAD /assets/i.js']);
	});

	it.each([
		['a page of somebody else', {'/': {status: 200, body: page('/a.js', 'Welcome to nginx')}}, 'is not the dashboard'],
		['a page without a script', {'/': {status: 200, body: '<html>ZenML</html>'}}, 'is not the dashboard'],
		['an answer that is no page', {'/': {status: 200, headers: {}, body: '{"zenml": 1}'}}, 'is not the dashboard'],
		['a script that is not there', {'/': {status: 200, body: page('/a.js')}}, '/a.js, is not (status 404)'],
		[
			'a script in whose place the page comes again',
			{'/': {status: 200, body: page('/a.js')}, '/a.js': {status: 200}},
			'/a.js, is not (status 200)',
		],
		['a script from outside', {'/': {status: 200, body: page('https://cdn.example/a.js')}}, 'from https://cdn.example'],
	])('is broken with %s', async (_what, answers, cause) => {
		const found = await refusalOf((await read(answers)).done);
		expect(found).toMatchObject({code: 'zenml-dashboard-broken', area: 'verification'});
		expect(found.message).toBe('The dashboard at https://pro.corp:8443/ does not work in a browser.');
		expect(found.cause).toContain(cause);
	});

	it('that no pod serves is not ready', async () => {
		expect(await refusalOf((await read({'/': {status: 503}})).done)).toMatchObject({code: 'zenml-not-ready'});
	});
});

describe('the dashboard of a control plane that runs', () => {
	let stage: Stage;
	beforeAll(async () => {
		stage = await openStage();
		await raiseControlPlane(stage);
	}, 60_000);
	afterAll(() => stage?.close());

	it('is found over TLS, script and all', async () => {
		const found = await createZenml({https}).dashboard(stage.endpoint(hosts.controlPlane), signal);
		expect(found).toEqual({title: 'ZenML Pro', part: '/assets/index.js'});
	});
});
