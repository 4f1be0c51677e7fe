import {expect, test} from 'vitest';
import {keyOpens} from '../../source/zenml/stored-secrets.ts';

/** What AesGcmEngine of sqlalchemy-utils 0.43 made of `{"a":"b"}` with the key `key of a test`. */
const stored = 'NJcdOnwaGTSng6m/n2B7JxlTYCIlLZf/JIV6a0oix1g25AuPpw==';

/** The same text as a server without a key stores it. */
const plain = Buffer.from('{"a":"b"}').toString('base64');

test('the key that values were stored with opens them, another one does not', () => {
	expect(keyOpens('key of a test', [stored])).toBe('yes');
	expect(keyOpens('another key', [stored])).toBe('no');
	expect(keyOpens('key of a test', [])).toBe('nothing to try');
});

test('one value of the key is enough; what is cut, changed or was stored without a key opens by none', () => {
	expect(keyOpens('key of a test', [plain, stored])).toBe('yes');
	const bytes = Buffer.from(stored, 'base64');
	const changed = Buffer.from(bytes);
	changed.writeUInt8((changed.at(-1) ?? 0) ^ 1, changed.length - 1);
	for (const value of [plain, '', 'no base64 !', bytes.subarray(0, 20).toString('base64'), changed.toString('base64')])
		expect(keyOpens('key of a test', [value])).toBe('no');
});
