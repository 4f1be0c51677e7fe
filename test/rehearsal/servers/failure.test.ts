import {expect, test} from 'vitest';
import {wordsOfFailure} from '../../../rehearsal/servers/failure.ts';

const failed = (stderr: string, more: object = {}) => Object.assign(new Error('Command failed: x'), {stderr, ...more});

/** As mysqld 8.4 writes it where its folder is closed to it. */
const mysqld = `
2026-11-29T19:20:01.000000Z 0 [System] [MY-015017] [Server] MySQL Server Initialization - start.
2026-11-29T19:20:01.000001Z 0 [Warning] [MY-010091] [Server] Can't create test file /x/mysqld_tmp_file_case_insensitive_test.lower-test
2026-11-29T19:20:01.000002Z 0 [ERROR] [MY-012574] [InnoDB] Unable to lock ./ibdata1 error: 11
2026-11-29T19:20:01.000003Z 0 [ERROR] [MY-010119] [Server] Aborting
2026-11-29T19:20:01.000004Z 0 [System] [MY-015018] [Server] MySQL Server Initialization - end.
`;

test('the first error of a server counts, not its last words', () => {
	const {words, evidence} = wordsOfFailure(failed(mysqld));
	expect(words).toContain('[MY-012574] [InnoDB] Unable to lock ./ibdata1');
	expect(evidence).toHaveLength(3);
});

test.each<[string, object, string]>([
	['mysqld: Table is full', {code: 1}, 'mysqld: Table is full'],
	['', {code: 3}, 'nothing, and ended with 3.'],
	['', {signal: 'SIGKILL'}, 'nothing, and was ended by SIGKILL.'],
	['', {signal: 'SIGTERM', killed: true}, 'nothing, and did not end in time.'],
	['', {code: 'ENOENT', message: 'spawn /x/initdb ENOENT'}, 'spawn /x/initdb ENOENT'],
])('without an error of its own, %j with %j is told as %s', (stderr, more, words) => {
	expect(wordsOfFailure(failed(stderr, more)).words).toBe(words);
});
