import {expect, test} from 'vitest';
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
	const line = `input_value={'database': {'url': ...${long.slice(-22)}'}}, input_type=dict`;
	expect(redact(line)).toBe(`input_value={'database': {'url': ...${mask}'}}, input_type=dict`);
	expect(redact(`{'password': '${long.slice(0, 10)}...${long.slice(-24)}'}`)).toBe(`{'password': '${mask}...${mask}'}`);
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
