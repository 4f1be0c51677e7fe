import {expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {declareProblems, wordsOf} from '../../source/base/problem-table.ts';

const shop = declareProblems({
	'shop-closed': {
		area: 'people',
		who: 'vendor',
		message: 'The shop {name} is closed.',
		cause: 'It opens at {hour}.',
		fix: 'Come back at {hour}.',
		nextSteps: ['knock at {name}', '{sign}'],
		answers: ['shop.name'],
	},
	'shop-empty': {
		area: 'usage',
		message: 'There is no {thing}.',
		fix: 'Ask for something else.',
		cases: {
			'sold out': {cause: 'The last one went to {buyer}.', who: 'database admin'},
			'never had': {cause: 'They do not keep it.', fix: 'Ask elsewhere.'},
		},
	},
});

test('the facts of a problem stand in its words, wherever they are named', () => {
	expect(shop.problem('shop-closed', {name: 'Otto', hour: 9, sign: "SELECT 'a b';"})).toEqual({
		code: 'shop-closed',
		area: 'people',
		who: 'vendor',
		message: 'The shop Otto is closed.',
		cause: 'It opens at 9.',
		fix: 'Come back at 9.',
		// A step that is a fact alone is no word of a shell.
		nextSteps: ['knock at Otto', "SELECT 'a b';"],
		answers: ['shop.name'],
	});
});

test("Node's advice about flags of its own is left out of words and evidence", () => {
	const advised =
		'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca';
	const {cause, evidence} = shop.problem(
		'shop-empty',
		{case: 'sold out', thing: 'tea', buyer: advised},
		{evidence: [`CODE: ${advised}`]},
	);
	expect(cause).toBe('The last one went to unable to verify the first certificate.');
	expect(evidence).toEqual(['CODE: unable to verify the first certificate']);
});

test('a full disk of this host is of one area, whatever could not be written and wherever that was met', () => {
	const failed = (code: string) => Object.assign(new Error(code), {code});
	const given = {name: 'Otto', hour: 9, sign: 'look'};
	const areaOf = (code: string): string =>
		shop.problem('shop-closed', given, {area: 'bundle', error: failed(code)}).area;
	expect([areaOf('ENOSPC'), areaOf('EDQUOT'), areaOf('EACCES')]).toEqual(['prerequisites', 'prerequisites', 'bundle']);
});

test('a case says what is its own; the rest stands beside the cases', () => {
	const soldOut = shop.problem('shop-empty', {case: 'sold out', thing: 'bread', buyer: 'Eve'});
	expect(soldOut).toMatchObject({
		message: 'There is no bread.',
		cause: 'The last one went to Eve.',
		fix: 'Ask for something else.',
		who: 'database admin',
	});
	expect(shop.problem('shop-empty', {case: 'never had', thing: 'nails'})).toMatchObject({
		cause: 'They do not keep it.',
		fix: 'Ask elsewhere.',
		who: 'operator',
	});
	expect(wordsOf(shop.table['shop-empty'], 'never had').fix).toBe('Ask elsewhere.');
});

test('what is only known this time comes after what the table says', () => {
	const more = {
		evidence: ['a sign'],
		location: {file: 'door', line: 1},
		answers: ['shop.hours'],
		nextSteps: ['ring'],
		area: 'cluster',
		who: 'network team',
	} as const;
	expect(shop.problem('shop-closed', {name: 'Otto', hour: 9, sign: 'look'}, more)).toMatchObject({
		evidence: ['a sign'],
		location: {file: 'door', line: 1},
		answers: ['shop.name', 'shop.hours'],
		nextSteps: ['knock at Otto', 'look', 'ring'],
		area: 'cluster',
		who: 'network team',
	});
	expect(shop.problem('shop-closed', {name: 'Otto', hour: 9, sign: 'look'}, {evidence: []})).not.toHaveProperty(
		'evidence',
	);
});

test('an error carries its facts, the wish of the peer and the error that it came from, as fields', () => {
	const reason = new Error('ECONNREFUSED');
	const error = shop.error('shop-closed', {name: 'Otto', hour: 9, sign: 'look'}, {error: reason, retryAfterMs: 500});
	expect(error).toBeInstanceOf(ProblemError);
	expect(error).toMatchObject({
		message: 'The shop Otto is closed.',
		cause: reason,
		retryAfterMs: 500,
		facts: {name: 'Otto', hour: 9},
	});
	expect(shop.error('shop-closed', {name: 'Otto', hour: 9, sign: 'look'}).cause).toBeUndefined();
});

test('a fact is put in as it is: braces in it name nothing', () => {
	expect(shop.problem('shop-closed', {name: '{hour} $& $1', hour: 9, sign: 'look'}).message).toBe(
		'The shop {hour} $& $1 is closed.',
	);
});

test('codes, facts and cases are known to the compiler', () => {
	// @ts-expect-error the code is not declared
	expect(() => shop.problem('shop-cosed', {})).toThrow('No problem is declared as shop-cosed.');
	// @ts-expect-error a fact is missing
	expect(shop.problem('shop-closed', {name: 'Otto'}).cause).toBe('It opens at {hour}.');
	// @ts-expect-error the case is not declared
	expect(shop.problem('shop-empty', {case: 'lost', thing: 'bread'}).fix).toBe('Ask for something else.');
});

test('a fact is only asked for where its text is said', () => {
	const shed = declareProblems({
		'shed-open': {
			area: 'usage',
			message: 'The shed {shed} is open.',
			cause: 'The lock {lock} is gone.',
			fix: 'Close it.',
			cases: {shut: {}, none: {message: 'There is no shed.', cause: 'It was never built.', fix: 'Build {what}.'}},
		},
	});
	expect(shed.problem('shed-open', {case: 'none', what: 'one'})).toMatchObject({
		message: 'There is no shed.',
		fix: 'Build one.',
	});
	// @ts-expect-error the lock is named in the words of this case
	expect(shed.problem('shed-open', {case: 'shut', shed: 'A'}).cause).toBe('The lock {lock} is gone.');
});

test("Node's advice to whoever writes programs is in no words of a problem", () => {
	const words =
		'unable to get local issuer certificate; if the root CA is installed locally, try running Node.js with --use-system-ca';
	const {message, evidence} = shop.problem('shop-empty', {case: 'never had', thing: words}, {evidence: [words, 'b']});
	expect(message).toBe('There is no unable to get local issuer certificate.');
	expect(evidence).toEqual(['unable to get local issuer certificate', 'b']);
});
