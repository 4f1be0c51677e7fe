import type {ZenmlSession, ZenmlUser} from '../../zenml/types.ts';
import {requireSecret} from '../shared/generated.ts';
import {userPassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';
import {type Act, runActs, userChange, type WantedUser} from './acts.ts';
import {roleActs, roleOf, type Standing} from './roles.ts';
import {type Teams, teamActs} from './teams.ts';

/** How the administrator of the answers sees the control plane. */
export type View = {
	readonly world: World;
	readonly session: ZenmlSession;
	readonly standing: Standing;
	readonly teams: Teams;
	/** Whom the session is logged in as. */
	readonly me: ZenmlUser;
	readonly users: readonly ZenmlUser[];
};

export const findUser = (users: readonly ZenmlUser[], {username}: WantedUser): ZenmlUser | undefined =>
	users.find((one) => one.username === username);

/** The product asks every local user for another password at the first login (vendor's page on user accounts). */
const firstLogin = ({password, username}: WantedUser, source: string): string =>
	`user ${username} logs in with the first password and is then asked for one of their own${
		password === 'generate' ? `; read the first one with: zenml-airgap secrets show ${source}` : ''
	}`;

const creation = (view: View, wanted: WantedUser): Act => {
	const {world, session, standing, teams} = view;
	const {username, superuser} = wanted;
	const source = userPassword(world.answers, wanted);
	return {
		change: userChange('create', wanted, `role ${wanted.role}`),
		run: async () => {
			roleOf(standing.roles, wanted);
			const password = await requireSecret(world, source);
			const made = await session.createUser({username, password, superuser});
			const acts = [
				// Nobody had the right before: that it is not kept is no news.
				...rightActs(view, wanted, made).map((act) => (wanted.superuser ? act : {...act, told: undefined})),
				...roleActs(session, standing, wanted, made.id),
				...teamActs(session, teams, wanted, made.id),
			];
			await runActs(acts, world);
		},
		told: firstLogin(wanted, source.generated),
	};
};

/**
 * The right to administer the whole control plane, given and taken. The control plane makes its first user a superuser whatever
 * was asked. Nobody takes the right from themselves: the administrator of the answers stays.
 */
const rightActs = ({session, me}: View, wanted: WantedUser, {id, superuser}: ZenmlUser): readonly Act[] => {
	const {username} = wanted;
	if (superuser === wanted.superuser || (superuser && id === me.id)) return [];
	return [
		{
			change: userChange(wanted.superuser ? 'update' : 'delete', wanted, 'superuser'),
			run: async () => session.setSuperuser(id, wanted.superuser),
			told: `user ${username}: ${wanted.superuser ? 'superuser' : 'no longer superuser'}`,
		},
	];
};

/** Everything that differs about one user of the answers. */
export const userActs = (view: View, wanted: WantedUser): readonly Act[] => {
	const {session, standing, teams, users} = view;
	const user = findUser(users, wanted);
	if (!user) return [creation(view, wanted)];
	return [
		...rightActs(view, wanted, user),
		...roleActs(session, standing, wanted, user.id),
		...teamActs(session, teams, wanted, user.id),
	];
};

/** What a person should decide. */
export const userWarnings = ({users, me}: View, wanted: WantedUser): readonly string[] => {
	const user = findUser(users, wanted);
	const {username} = wanted;
	return [
		...(user?.superuser && !wanted.superuser && user.id === me.id
			? [
					`${username} is a superuser, which the answers do not ask for. The installer is logged in as ${username} and does not take its own right away.`,
				]
			: []),
		...(user?.active === false ? [`${username} is deactivated at the control plane and cannot log in.`] : []),
	];
};
