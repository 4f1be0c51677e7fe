import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {canary, fake, serve, users} from './helpers.ts';
import {setting, start} from './push-command.ts';

test('another registry than that of the file gets neither its login nor its push host', async () => {
	const [own, other] = [await serve({users}), await serve({users: []})];
	const heard: (string | undefined)[] = [];
	const stranger = await fake((request, response) => {
		heard.push(request.headers.authorization);
		response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
	});
	const {folder, layout, state} = await setting();
	const file = join(folder, 'answers.yaml');
	const login = 'username: robot, password: env:PASSWORD, plainHttp: true';
	await writeFile(
		file,
		`bundle: {path: ${layout}}\nregistry: {host: names.example.com, pushHost: '${own.host}', ${login}}\n`,
	);
	const to = (host: string, ...more: string[]) =>
		start(['--answers', file, '--to', `${host}/zenml`, '--state-dir', state, ...more], {PASSWORD: canary}).result();
	const moved = await to(other.host, '--plain-http');
	expect([moved.code, await other.has('zenml/api', '1.0')]).toEqual([0, true]);
	expect(moved.err).toContain('registry.pushHost, registry.username, registry.password');
	expect((await to(stranger, '--plain-http')).code).toBe(6);
	expect(heard.length).toBeGreaterThan(0);
	expect(heard.filter(Boolean)).toEqual([]);
	const half = await to(stranger, '--plain-http', '--username', 'other', '--json');
	expect([half.code, half.err]).toEqual([2, expect.stringContaining('"code":"push-login-half"')]);
	// Its own, by either name.
	for (const host of ['names.example.com', own.host]) expect((await to(host)).code).toBe(0);
	expect(await own.has('zenml/api', '1.0')).toBe(true);
});

test('a wrong login is sent once, however many images there are', async () => {
	let sent = 0;
	const host = await fake(async (request, response) => {
		if (request.headers.authorization) sent++;
		await sleep(30);
		response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
	});
	const {layout, state} = await setting();
	const words = ['--bundle', layout, '--to', `${host}/zenml`, '--plain-http', '--state-dir', state];
	const login = ['--username', 'robot', '--password-ref', 'env:PASSWORD', '--json'];
	const refused = await start([...words, ...login], {PASSWORD: 'wrong'}).result();
	expect([refused.code, refused.err]).toEqual([6, expect.stringContaining('registry-unauthorized')]);
	expect(sent).toBe(1);
});
