import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {createLineTeller} from '../../source/cluster/objects/log-lines.ts';
import {until} from './rehearsal.ts';
import {discovery, type Handler, startServer, status, type TestServer} from './server.ts';
import {problemOf} from './support/problem-of.ts';

const servers: TestServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) {
		await server.close();
		expect(server.unexpected).toEqual([]);
	}
});

const path = '/api/v1/namespaces/a/pods/p/log';
const pod = {namespace: 'a', name: 'p'};

const start = async (answer: Handler) => {
	const server = await startServer((request) => (request.path === path ? answer(request) : discovery(request)));
	servers.push(server);
	const {kubeconfig} = server;
	return createCluster({kubeconfig, homeDirectory: '/', environment: {}, timing: {retryPausesMs: [1]}});
};

describe('the log of a pod that is followed', () => {
	it('is told line by line while it grows, to its end', async () => {
		const lines: string[] = [];
		const cluster = await start(({response, query}) => {
			expect(query.get('follow')).toBe('true');
			response.write('one\ntw');
			void until(async () => lines.length === 1, 'the first line').then(() => response.end('o\n\u001B[32mthree'));
			return 'handled';
		});
		await cluster.followLog(pod, (line) => lines.push(line), new AbortController().signal);
		expect(lines).toEqual(['one', 'two', 'three']);
	});

	it('ends with what came where the connection breaks, and with an error where it is aborted', async () => {
		const lines: string[] = [];
		let breaks = true;
		const cluster = await start(({response}) => {
			response.write('one\n');
			if (breaks) void sleep(20).then(() => response.socket?.destroy());
			return 'handled';
		});
		const end = new AbortController();
		await cluster.followLog(pod, (line) => lines.push(line), end.signal);
		breaks = false;
		const following = cluster.followLog(pod, (line) => lines.push(line), end.signal);
		await until(async () => lines.length === 2, 'the line again');
		end.abort();
		await expect(following).rejects.toThrow();
		expect(lines).toEqual(['one', 'one']);
	});

	it('that does not exist yet is a problem', async () => {
		const cluster = await start(() => status(400, 'BadRequest', 'container "c" is waiting to start'));
		const found = await problemOf(cluster.followLog(pod, () => undefined, new AbortController().signal));
		expect(found.code).toBe('kubernetes-refused');
	});
});

describe('the lines of a log', () => {
	const linesOf = (...pieces: readonly string[]): readonly string[] => {
		const lines: string[] = [];
		const {take, end} = createLineTeller((line) => lines.push(line));
		for (const piece of pieces) take(piece);
		end();
		return lines;
	};

	it('do not show the input that a validation complains of, though it goes on below and comes in pieces', () => {
		const pieces = [
			'[type=value_error, input_va',
			"lue={'type': \n'password': ...TA",
			"IL'}, input_type=dict]\nnext\n",
		];
		expect(linesOf(...pieces)).toEqual(['[type=value_error, input_value=[secret], input_type=dict]', 'next']);
	});

	it('are not held back for ever by an input without end, and are not kept whole where they have none', () => {
		expect(linesOf('input_value={a\n', ...Array.from({length: 12}, (_line, at) => `${at}\n`))).toHaveLength(13);
		const [line = ''] = linesOf('x'.repeat(3000), 'x'.repeat(3000));
		expect(line).toHaveLength(4001);
		expect(line.endsWith('…')).toBe(true);
	});
});
