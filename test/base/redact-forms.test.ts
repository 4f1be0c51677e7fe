import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {createRedactor, mask} from '../../source/base/redact.ts';
import {oneLine} from '../../source/base/text.ts';

const redactorOf = (...secrets: readonly string[]) => {
	const redactor = createRedactor();
	for (const secret of secrets) redactor.register(secret);
	return redactor;
};

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const python = (text: string): string => {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
	return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
};
const pythonBytes = (text: string): string =>
	`b'${[...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`;

const secrets = [
	'correct-Horse-7',
	String.raw`quote"back\slash'tick`,
	String.raw`C:\new\table\u0041\x41`,
	"it's 'quoted' twice",
	'tab\tand\nnewline',
	'two  blanks and\t\ta tab',
	'Größe-Straße-ß€',
	'🔑 key of keys',
	'100%25 &amp; %C3%B6 <tag>',
	String.raw`ends with \ and %`,
] as const;

const spellings: readonly (readonly [name: string, write: (secret: string) => string])[] = [
	['in JSON in JSON', (secret) => inJson(inJson(secret))],
	['in JSON in JSON in JSON', (secret) => inJson(inJson(inJson(secret)))],
	['in JSON in a URL', (secret) => encodeURIComponent(inJson(secret))],
	['in a URL in a URL', (secret) => encodeURIComponent(encodeURIComponent(secret))],
	['quoted for a shell', shell],
	['quoted for a shell within a shell', (secret) => shell(shell(secret))],
	['quoted for a shell in JSON', (secret) => inJson(shell(secret))],
	['quoted with both quotes for a shell', (secret) => `'${secret.replaceAll("'", `'"'"'`)}'`],
	['as Python shows it', python],
	['as Python shows its bytes', pythonBytes],
	['in capitals', (secret) => secret.toUpperCase()],
	['in small letters', (secret) => secret.toLowerCase()],
	['in capitals in JSON', (secret) => inJson(secret.toUpperCase())],
	['on one line', (secret) => oneLine(`${secret}`)],
	['in hex', (secret) => Buffer.from(secret).toString('hex')],
	['in HTML of hex numbers', (secret) => [...secret].map((one) => `&#x${one.codePointAt(0)?.toString(16)};`).join('')],
];

test.each(secrets.flatMap((secret) => spellings.map(([name, write]) => [secret, name, write] as const)))(
	'%j does not show %s',
	(secret, _name, write) => {
		const shown = redactorOf(secret).redact(`before ${write(secret)} after`);
		expect(shown).toMatch(/^before b?\W{0,16}\[secret\]\W{0,16} after$/u);
	},
);

test('what a real shell and a real program print of a secret is masked', () => {
	const secret = String.raw`pa'ss"wo\rd$HOME 1`;
	const {redact} = redactorOf(secret);
	const quoted = execFileSync('bash', ['-c', `printf "%q|%s" "$1" "\${1@Q}"`, 'bash', secret], {encoding: 'utf8'});
	expect(redact(`before ${quoted} after`)).toMatch(/^before \[secret\]\|\W*\[secret\]\W* after$/u);
});

const token = 'Zx8-qT4_vN2mKp7LwR3dHs9YbJ6cFg1A';

test.each([
	['lines of 64', (text: string) => text.replaceAll(/.{64}/gu, '$&\n')],
	['lines of 76 of MIME', (text: string) => text.replaceAll(/.{76}/gu, '$&\r\n')],
	['short indented lines', (text: string) => text.replaceAll(/.{10}/gu, '$&\n    ')],
	['lines in JSON', (text: string) => JSON.stringify(text.replaceAll(/.{20}/gu, '$&\n'))],
	['lines in JSON in JSON', (text: string) => JSON.stringify(JSON.stringify(text.replaceAll(/.{20}/gu, '$&\n')))],
	['a URL', (text: string) => encodeURIComponent(text)],
	['its other alphabet', (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')],
])('base64 does not show in %s', (_name, fold) => {
	const {redact} = redactorOf(token, 'other/secret+???~~~');
	for (const before of ['', 'a', 'bb']) {
		for (const secret of [token, 'other/secret+???~~~']) {
			const shown = redact(fold(Buffer.from(`${before}{"user":"robot","password":"${secret}"}`).toString('base64')));
			const left = shown.split(mask).map((piece) => piece.replaceAll(/\\+n|\s/gu, ''));
			expect(shown).toContain(mask);
			for (const piece of left) {
				for (const skip of [0, 1, 2, 3]) {
					const plain = Buffer.from(decodeURIComponent(piece).slice(skip), 'base64').toString('latin1');
					for (let at = 0; at + 4 <= secret.length; at += 1) expect(plain).not.toContain(secret.slice(at, at + 4));
				}
			}
		}
	}
});

test('a long word that is folded over lines does not show', () => {
	expect(redactorOf(token).redact(`token: ${token.slice(0, 6)}\n  ${token.slice(6)}`)).toBe(`token: ${mask}`);
});

test('a login with quotes does not show in base64 of JSON', () => {
	const secret = 'pa"ss\\word<7>';
	for (const before of ['', 'x', 'xx']) {
		const shown = redactorOf(secret).redact(Buffer.from(`${before}{"p":${JSON.stringify(secret)}}`).toString('base64'));
		expect(shown).toContain(mask);
	}
});

test.each([
	['a backslash', String.raw`DOMAIN\nightowl7 and \nightowl7`, 'nightowl7'],
	['a percent sign', '100%abcdef12 and %abcdef12', 'abcdef12'],
	['the beginning of an entity', '&amp;lt;secret', 'lt;secret'],
])('%s before a secret does not hide it', (_name, text, secret) => {
	expect(redactorOf(secret).redact(text)).not.toContain(secret.slice(2));
});

test.each([
	['random letters and signs', () => randomBytes(3000).toString('base64url').slice(0, 4096)],
	['signs only', () => String.raw`\"'%&+/<> `.repeat(700).trim()],
	['one letter', () => 'a'.repeat(7000)],
	['base64 of 15 KB', () => randomBytes(11_000).toString('base64')],
	['a line of digits, again and again', () => '0123456789'.repeat(400)],
])('a secret of one long line of %s is masked, and nothing is printed of it', (_name, make) => {
	const secret = make();
	const {redact} = redactorOf(secret, 'another-Secret-1');
	expect(redact(`before ${secret} after another-Secret-1`)).toMatch(/^before\W*\[secret\]\W*after \[secret\]$/u);
	expect(redact(`before ${JSON.stringify(secret)} after`)).toMatch(/^before\W*\[secret\]\W*after$/u);
});

test('twenty secrets of the largest size are found in a large text', () => {
	const {register, redact} = createRedactor();
	const many = Array.from({length: 20}, () => randomBytes(3000).toString('base64'));
	for (const secret of many) register(secret);
	const text = `${'a'.repeat(300_000)} ${many.join(' ')} ${'%41\\u0041&amp;...'.repeat(10_000)}`;
	expect(redact(text)).toBe(
		`${'a'.repeat(300_000)} ${many.map(() => mask).join(' ')} ${'%41\\u0041&amp;...'.repeat(10_000)}`,
	);
});

test('a text that cannot be searched is masked whole', () => {
	const {redact, redactDeep} = redactorOf('some-Secret-1');
	const odd = {
		indexOf: () => -1,
		length: 3,
		charCodeAt: () => {
			throw new RangeError('some-Secret-1');
		},
	};
	expect(redact(odd as unknown as string)).toBe(mask);
	const round: Record<string, unknown> = {};
	round.self = round;
	expect(JSON.stringify(redactDeep(round))).toContain(mask);
});

test('a secret that a text holds very often is masked each time', () => {
	expect(redactorOf('ab12').redact('ab12 '.repeat(300_000))).toBe(`${mask} `.repeat(300_000));
});
