import {describe, expect, it} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import type {HttpsPort} from '../../source/network/types.ts';
import {createZenml} from '../../source/zenml/client.ts';

const endpoint = {host: 'zenml.test.internal', port: 8443, ca: ''};
const signal = new AbortController().signal;

type Call = {readonly method: string; readonly url: string; readonly body?: string | undefined};

/** A port that answers by path; it is the edge of the room, so no module is replaced. */
const answering = (
	answer: (call: Call) => {readonly status: number; readonly json?: unknown; readonly text?: string},
) => {
	const calls: Call[] = [];
	const https: HttpsPort = {
		request: async (call) => {
			calls.push(call);
			const {status, json, text} = answer(call);
			return {
				status,
				headers: {'content-type': text ? 'text/plain' : 'application/json'},
				body: text ?? JSON.stringify(json),
			};
		},
	};
	return {calls, zenml: createZenml({https})};
};

const problemOf = async (work: Promise<unknown>) => {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ProblemError)) throw new Error(`no ProblemError: ${String(error)}`);
	return error.problem;
};

const credentials = {username: 'admin', password: 'p&ss word'};
const granted = {status: 200, json: {access_token: 'token-text'}};

describe('answers of the API', () => {
	it('sends the login as a form below /api/v1', async () => {
		const {calls, zenml} = answering(() => granted);
		await zenml.login(endpoint, credentials, signal);
		expect(calls).toMatchObject([
			{
				method: 'POST',
				url: 'https://zenml.test.internal:8443/api/v1/auth/login',
				body: 'username=admin&password=p%26ss+word',
			},
		]);
	});

	it('says so when the account must change its password first', async () => {
		const {zenml} = answering(() => ({
			status: 403,
			json: {detail: ['CredentialsNotValid', 'Password change required']},
		}));
		const problem = await problemOf(zenml.login(endpoint, credentials, signal));
		expect(problem.code).toBe('zenml-login-refused');
		expect(problem.cause).toContain('change its password');
	});

	it('tells a licence that allows no further organization', async () => {
		const {zenml} = answering(({url}) =>
			url.endsWith('/auth/login')
				? granted
				: {status: 403, json: {detail: ['OrganizationLimitExceeded', 'Organization limit reached: 1']}},
		);
		const session = await zenml.login(endpoint, credentials, signal);
		expect(await problemOf(session.createOrganization('second'))).toMatchObject({
			code: 'zenml-organization-limit',
			who: 'vendor',
			evidence: [expect.stringContaining('Organization limit reached: 1')],
		});
	});

	it('keeps a password that stands in a query out of what the network layer says', async () => {
		const https: HttpsPort = {
			request: async ({url}) => {
				if (url.endsWith('/auth/login')) return {status: 200, headers: {}, body: '{"access_token":"t"}'};
				throw new ProblemError({
					code: 'https-unreachable',
					area: 'prerequisites',
					message: `${url} refused`,
					cause: url,
					fix: 'x',
				});
			},
		};
		const session = await createZenml({https}).login(endpoint, credentials, signal);
		const problem = await problemOf(session.createUser({username: 'ada', password: 'se cret+1', superuser: false}));
		expect(JSON.stringify(problem)).not.toMatch(/se.cret/u);
	});

	it('never repeats a refused input that the server sends back', async () => {
		const {zenml} = answering(() => ({
			status: 422,
			json: {detail: [{loc: ['body', 'password'], msg: 'too short', input: 'p&ss word'}]},
		}));
		const problem = await problemOf(zenml.login(endpoint, credentials, signal));
		expect(problem.evidence).toEqual([expect.stringContaining('body.password too short')]);
		expect(JSON.stringify(problem)).not.toContain('p&ss word');
	});

	it('names the members of an answer whose form it does not know', async () => {
		const {zenml} = answering(() => ({status: 200, json: {version: '1.0'}}));
		const problem = await problemOf(zenml.workspaceInfo(endpoint, signal));
		expect(problem).toMatchObject({code: 'zenml-api-error', who: 'vendor'});
		expect(problem.evidence?.join()).toContain('database_type');
	});

	it('takes 200 from the users path without a login as an error of the server', async () => {
		const {zenml} = answering(() => ({status: 200, json: []}));
		expect((await problemOf(zenml.apiAnswers(endpoint, signal))).code).toBe('zenml-api-error');
	});
});
