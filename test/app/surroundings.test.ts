import {expect, test} from 'vitest';
import {userNameOf} from '../../source/app/base/surroundings.ts';

test('who became another user with sudo or doas is named first', () => {
	expect(userNameOf(0, {SUDO_USER: 'anna.gross'}, 'root')).toBe('anna.gross (as root)');
	expect(userNameOf(0, {DOAS_USER: 'anna'}, 'root')).toBe('anna (as root)');
	expect(userNameOf(1000, {SUDO_USER: 'anna'}, 'anna')).toBe('anna');
	expect(userNameOf(1000, {}, 'anna')).toBe('anna');
});

test('a name from the environment is one short line that steers no terminal', () => {
	const name = userNameOf(0, {SUDO_USER: `a\n\u001b[2J${'x'.repeat(500)}`}, 'root');
	expect(name).toMatch(/^a \[2Jx+… \(as root\)$/u);
	expect(name.length).toBeLessThan(100);
});
