import {expect, test} from 'vitest';
import {wrapCommands} from '../../source/ui/terminal/command.ts';

const command =
	"kubectl --context prod -n zenml-pro get secret zenml-airgap-generated -o jsonpath='{.data.a b}' | base64 -d";

test('a command is broken between its words, and goes on where it is copied', () => {
	const rows = wrapCommands(command, 40);
	expect(rows.every((row) => row.length <= 40)).toBe(true);
	expect(rows.slice(0, -1).every((row) => row.endsWith(' \\'))).toBe(true);
	expect(rows.map((row) => row.replace(/ \\$/u, '')).join(' ')).toBe(command);
});

test('what is quoted stays together', () => {
	expect(wrapCommands(command, 40)).toContainEqual(expect.stringContaining("'{.data.a b}'"));
});

test('a command that fits, and prose, stand as they are', () => {
	expect(wrapCommands('df -h /state', 40)).toEqual(['df -h /state']);
	expect(wrapCommands('Look at the log of the pod first', 20)).toEqual(['Look at the log of', 'the pod first']);
	expect(wrapCommands(`Read it with:\nhelm -n a list --all`, 14)).toEqual([
		'Read it with:',
		'helm -n a \\',
		'list --all',
	]);
});
