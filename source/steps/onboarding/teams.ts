import type {ZenmlOrganization, ZenmlSession, ZenmlTeam} from '../../zenml/types.ts';
import {type Act, userChange, type WantedUser} from './acts.ts';

/** A team, and the ids of its members. */
type Team = ZenmlTeam & {readonly members: ReadonlySet<string>};

/** Teams of an organization as they are, and those that answers name besides. */
export type Teams = {
	readonly all: readonly Team[];
	/** Makes those that are missing. */
	readonly acts: readonly Act[];
	/** The id of a team, once it is there. */
	readonly idOf: (name: string) => string | undefined;
};

const namesOf = ({teams}: Pick<WantedUser, 'teams'>): readonly string[] => [
	...new Set(
		(teams ?? '')
			.split(',')
			.map((name) => name.trim())
			.filter((name) => name !== ''),
	),
];

const namedBy = (users: readonly WantedUser[]): readonly string[] => [...new Set(users.flatMap(namesOf))];

const withMembers = async (session: ZenmlSession, team: ZenmlTeam): Promise<Team> => ({
	...team,
	members: new Set((await session.teamMembers(team.id)).map(({userId}) => userId)),
});

/** Teams are asked for only where the answers of a user speak of them. */
export const teamsOf = async (
	session: ZenmlSession,
	organization: ZenmlOrganization,
	users: readonly WantedUser[],
): Promise<Teams> => {
	if (users.every(({teams}) => teams === undefined)) return {all: [], acts: [], idOf: () => undefined};
	const found = await session.teams(organization.id);
	const all = await Promise.all(found.map(async (team) => withMembers(session, team)));
	const ids = new Map(all.map(({name, id}) => [name, id]));
	const missing = namedBy(users).filter((name) => !ids.has(name));
	return {
		all,
		idOf: (name) => ids.get(name),
		acts: missing.map((name) => ({
			change: {action: 'create', target: `team ${name}`},
			run: async () => {
				ids.set(name, (await session.createTeam({name, organizationId: organization.id})).id);
			},
			told: `team ${name} of ${organization.name}`,
		})),
	};
};

/** A user whose answers name teams is in exactly these; one whose answers name none stays where it is. */
export const teamActs = (
	session: ZenmlSession,
	{all, idOf}: Teams,
	wanted: WantedUser,
	userId: string,
): readonly Act[] => {
	const {username} = wanted;
	if (wanted.teams === undefined) return [];
	const teams = namesOf(wanted);
	const isIn = (name: string): boolean => all.some((team) => team.name === name && team.members.has(userId));
	const joins = teams
		.filter((name) => !isIn(name))
		.map(
			(name): Act => ({
				change: userChange('update', wanted, `team ${name}`),
				run: async () => session.joinTeam(idOf(name) ?? '', userId),
				told: `user ${username}: in team ${name}`,
			}),
		);
	const leaves = all
		.filter(({name, members}) => members.has(userId) && !teams.includes(name))
		.map(
			({name, id}): Act => ({
				change: userChange('delete', wanted, `team ${name}`),
				run: async () => session.leaveTeam(id, userId),
				told: `user ${username}: no longer in team ${name}`,
			}),
		);
	return [...joins, ...leaves];
};
