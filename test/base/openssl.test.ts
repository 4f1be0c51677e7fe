import {expect, test} from 'vitest';
import {tlsReasonOf} from '../../source/base/openssl.ts';

const failed = (code: string, message = 'x'): Error => Object.assign(new Error(message), {code});

test.each([
	[failed('ERR_SSL_WRONG_VERSION_NUMBER'), 'wrong version number'],
	[failed('EPROTO', 'write EPROTO 8:error:0A0000C6:SSL routines:f:any words:'), 'packet length too long'],
	[failed('EPROTO', 'write EPROTO 8:error:0A0000F4:SSL routines:f:any words:'), 'unexpected message'],
	[failed('EPROTO', 'write EPROTO 8:error:0A000410:SSL routines:f:wrong version number:'), undefined],
	[failed('ECONNRESET', '8:error:0A00010B:'), undefined],
	['EPROTO', undefined],
])('%s has the reason %s', (error, reason) => {
	expect(tlsReasonOf(error)).toBe(reason);
});
