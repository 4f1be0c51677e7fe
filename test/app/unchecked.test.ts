import {execFile} from 'node:child_process';
import path from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {checkedContext} from '../../source/app/base/unchecked.ts';
import {codeOf} from '../../source/http/fault.ts';
import {failureOf, open, serve} from '../http/support.ts';
import {makeCertificates} from '../registry/helpers.ts';
import {createStage} from './stage.ts';

const withoutChecks = async <T>(work: () => Promise<T>): Promise<T> => {
	process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
	try {
		return await work();
	} finally {
		delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
	}
};

test('no login goes to a server that nobody vouches for, whatever the environment says', async () => {
	const server = await makeCertificates({ip: '127.0.0.1'});
	const heard: (string | undefined)[] = [];
	const {url} = await serve(
		(request, response) => {
			heard.push(request.headers.authorization);
			response.end();
		},
		{tls: {key: server.key, cert: server.cert}},
	);
	const failure = await withoutChecks(async () => failureOf(open()({url, headers: {authorization: 'Basic CANARY'}})));
	expect(codeOf(failure.cause)).toMatch(/SELF_SIGNED|UNABLE_TO/u);
	expect(heard).toEqual([]);
	expect((await withoutChecks(async () => open({ca: server.ca})({url}))).status).toBe(200);
});

test('programs that are started do not get the variable, and the operator is told', async () => {
	const texts: string[] = [];
	const stage = await createStage({environment: {NODE_TLS_REJECT_UNAUTHORIZED: '0', PATH: '/bin'}});
	const context = {...stage.context, err: (text: string) => void texts.push(text)};
	expect(checkedContext(context).environment).toEqual({PATH: '/bin'});
	expect(texts.join('')).toBe(
		'NODE_TLS_REJECT_UNAUTHORIZED=0 would turn off the check of certificates; it does not count here. Name your CA in the answers instead.\n',
	);
	const same = {...context, environment: {NODE_TLS_REJECT_UNAUTHORIZED: '1'}};
	expect(checkedContext(same)).toBe(same);
	await stage.remove();
});

test('the program itself takes the variable out of its process', async () => {
	const hook = 'process.on("exit", () => process.stderr.write("left: " + process.env.NODE_TLS_REJECT_UNAUTHORIZED))';
	const words = [
		'--import',
		'tsx',
		'--import',
		`data:text/javascript,${encodeURIComponent(hook)}`,
		'cli.tsx',
		'--version',
	];
	const {stderr} = await promisify(execFile)(process.execPath, words, {
		cwd: path.join(import.meta.dirname, '../..'),
		env: {...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0'},
	});
	expect(stderr).toContain('it does not count here');
	expect(stderr).toContain('left: undefined');
});
