import {describe, expect, test} from 'vitest';
import {createRedactor, mask} from '../../source/base/redact.ts';

const secret = 'q7Zr9XvT2mLk8Wp4sD6fGh1j';
const long = 'Zx8qT4vN2mKp7LwR3dHs9YbJ6cFg1AeU5iOtPkMnBvCxZaSdTAIL';

const redactorOf = (...secrets: readonly string[]) => {
	const redactor = createRedactor();
	for (const one of secrets) redactor.register(one);
	return redactor;
};

/** The longest piece of a secret in a text. */
const shownOf = (text: string, whole: string): number => {
	let longest = 0;
	for (let from = 0; from < whole.length; from += 1)
		while (text.includes(whole.slice(from, from + longest + 1)) && from + longest < whole.length) longest += 1;
	return longest;
};

test('half of a secret does not show, wherever it stands', () => {
	const {redact} = redactorOf(secret);
	for (let size = 12; size < secret.length; size += 1) {
		expect(redact(`a ${secret.slice(0, size)}# b`)).toBe(`a ${mask}# b`);
		expect(redact(`a #${secret.slice(-size)} b`)).toBe(`a #${mask} b`);
	}
});

test('a log that shows the last 22 characters of a password after its mark shows none of them', () => {
	const {redact} = redactorOf(long);
	const line = `settings={'database': {'url': ...${long.slice(-22)}'}}, kind=dict`;
	expect(redact(line)).toBe(`settings={'database': {'url': ...${mask}'}}, kind=dict`);
	expect(redact(`{'password': '${long.slice(0, 10)}...${long.slice(-24)}'}`)).toBe(`{'password': '${mask}...${mask}'}`);
});

describe('what a validation of pydantic complains of', () => {
	const {redact} = createRedactor();

	test.each([
		['a map that was cut', "input_value={'type': <StoreType.SQL: ...wordpart'}", 'dict'],
		['a text with a comma', "input_value='one, two=three'", 'str'],
		['a value over two lines', "input_value={'type': 'sql',\n│ 'password': ...TAIL'}", 'dict'],
	])('is not shown, though nobody registered it: %s', (_what, value, kind) => {
		expect(redact(`1 validation error [type=value_error, ${value}, input_type=${kind}]`)).toBe(
			`1 validation error [type=value_error, input_value=${mask}, input_type=${kind}]`,
		);
	});

	test('ends with the line where the rest of the form is missing, and hides nothing else', () => {
		expect(redact('before\ninput_value={a...\nafter')).toBe(`before\ninput_value=${mask}\nafter`);
		const ordinary = 'The type of input_value is checked; see ... and input_type=dict, output_value=3.';
		expect(redact(ordinary)).toBe(ordinary);
	});

	test('is told apart where a log has several', () => {
		const one = "[input_value='a', input_type=str]";
		const masked = `[input_value=${mask}, input_type=str]`;
		expect(redact(`${one} and ${one}`)).toBe(`${masked} and ${masked}`);
	});
});

test.each(['...', '…', '[...]', ' [truncated]', ' (truncated, 300 bytes)', "'..."])(
	'a text that was cut with %j shows less than four characters of a secret, wherever it was cut',
	(cut) => {
		const {redact} = redactorOf(secret, long);
		for (const whole of [secret, long]) {
			for (let size = 1; size < whole.length; size += 1) {
				const few = size < 8 && cut.includes('truncated') ? 8 : 4;
				expect(shownOf(redact(`echo ${whole.slice(0, size)}${cut} more`), whole)).toBeLessThan(few);
			}
		}
	},
);

test('a text that begins or ends within a secret shows less than eight characters of it', () => {
	const {redact} = redactorOf(secret, long);
	for (const whole of [secret, long]) {
		for (let size = 1; size < whole.length; size += 1) {
			expect(shownOf(redact(`password is ${whole.slice(0, size)}`), whole)).toBeLessThan(8);
			expect(shownOf(redact(`${whole.slice(-size)} was the password`), whole)).toBeLessThan(8);
			expect(shownOf(redact(`first\n"${whole.slice(-size)}"\nlast`), whole)).toBeLessThan(8);
		}
	}
});

test('part of an escaped secret or of its base64 does not show either', () => {
	const odd = 'pä"ss/wörd\\with=odd&signs';
	const {redact} = redactorOf(odd);
	const json = JSON.stringify(odd).slice(1, -1);
	const base64 = Buffer.from(`user:${odd}`).toString('base64');
	expect(redact(`a ${json.slice(0, 20)}… b`)).toBe(`a ${mask}… b`);
	expect(redact(`a ${encodeURIComponent(odd).slice(0, 30)}... b`)).toMatch(/^a \[secret\]\W{0,2}\.\.\. b$/u);
	expect(redact(`a ${base64.slice(0, 24)}... b`)).toContain(mask);
});

test.each([
	['password1234', 'the password: password, user password, and password'],
	['zenml-pro-2024', 'namespace zenml-pro: helm upgrade zenml-pro'],
	['postgresql://user:pw@host/db-1', 'a URL begins with postgresql:// and ends with /db'],
	['Administrator-1', 'log in as Administrator'],
])('the secret %j does not mask the ordinary words of %j', (whole, text) => {
	expect(redactorOf(whole).redact(text)).toBe(text);
});

test.each([
	['https://admin:CANARY@api.corp:6443/x', `https://admin:${mask}@api.corp:6443/x`],
	['server "https://:CANARY@[fd00::1]:6443"', `server "https://:${mask}@[fd00::1]:6443"`],
	['a://b:CAN@ARY@h c://d:CANARY@h', `a://b:${mask}@h c://d:${mask}@h`],
	['https://api.corp:6443/a@b and ada@corp', 'https://api.corp:6443/a@b and ada@corp'],
	['ssh://git@host:22 x:y@z', 'ssh://git@host:22 x:y@z'],
])('a password in a URL that nobody registered is masked: %s', (text, shown) => {
	expect(createRedactor().redact(text)).toBe(shown);
	expect(redactorOf(secret).redact(text)).toBe(shown);
});
