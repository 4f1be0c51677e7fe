import {asCollated, duplicates, type Entry, type Rule} from './rule.ts';

const namesIn = (teams: string): readonly string[] => teams.split(',').map((name) => name.trim());

/**
 * A team that several users name is one; names that differ in capitals or accents alone are two, which a database that takes them for the
 * same refuses in the middle of the install.
 */
export const teamNamesDiffer: Rule = ({organization: {users}}) => {
	const entries = users.flatMap(({teams = ''}, index) =>
		namesIn(teams).map(
			(value): Entry => ({value, like: asCollated(value), path: ['organization', 'users', index, 'teams']}),
		),
	);
	// The first spelling of each, once: who writes it in the same way is in the same team.
	const once = [...new Map(entries.toReversed().map((entry) => [entry.value, entry])).values()].toReversed();
	return duplicates(
		'team name',
		once.filter(({value}) => value !== ''),
	);
};
