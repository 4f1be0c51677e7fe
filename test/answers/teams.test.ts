import {expect, test} from 'vitest';
import {validateField} from '../../source/answers/draft.ts';
import {load, problemsOf, shortest, told} from './samples.ts';

const withTeams = (...teams: readonly string[]): string =>
	`${shortest}organization: {users: [${teams.map((names, index) => `{username: u${index}, teams: "${names}"}`).join(', ')}]}\n`;

test.each([
	['of two users', withTeams('platform, science', 'Platform'), 'organization.users.1.teams', 'Platform'],
	['of one user', withTeams('platform,Platform'), 'organization.users.0.teams', 'Platform'],
	['by an accent', withTeams('equipe', 'other, équipe'), 'organization.users.1.teams', 'équipe'],
])('names of teams that differ in capitals or accents alone are refused: %s', (_where, text, path, name) => {
	expect(problemsOf(text)).toMatchObject([{code: 'answers-conflict', answers: [path]}]);
	expect(told(problemsOf(text))[0]).toContain(
		`${path} is the same team name but for capitals and accents as organization.users.0.teams: "${name}"; they must differ`,
	);
});

test('several users may be in one team, and a name may stand twice', () => {
	expect(load(withTeams('platform, science', 'science,platform', 'platform,platform')).organization.users).toHaveLength(
		3,
	);
});

test('the form says so at the later answer', () => {
	const users = [
		{username: 'a', teams: 'platform'},
		{username: 'b', teams: 'PLATFORM'},
	];
	expect(validateField({organization: {users}}, 'organization.users.1.teams')).toContain('is the same team name');
});
