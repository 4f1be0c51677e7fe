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
			const {id} = await session.createUser({username, password, superuser});
			await runActs([...roleActs(session, standing, wanted, id), ...teamActs(session, teams, wanted, id)], world);
		},
		told: firstLogin(wanted, source.generated),
	};
};

const promotion = ({session}: View, wanted: WantedUser, {id}: ZenmlUser): Act => ({
	change: userChange('update', wanted, 'superuser'),
	run: async () => session.setSuperuser(id, true),
	told: `user ${wanted.username}: superuser`,
});

/** Everything that differs about one user of the answers. */
export const userActs = (view: View, wanted: WantedUser): readonly Act[] => {
	const {session, standing, teams, users} = view;
	const user = findUser(users, wanted);
	if (!user) return [creation(view, wanted)];
	return [
		...roleActs(session, standing, wanted, user.id),
		...(wanted.superuser && !user.superuser ? [promotion(view, wanted, user)] : []),
		...teamActs(session, teams, wanted, user.id),
	];
};

/**
 * What a person should decide. The control plane makes its first user a superuser whatever was asked, and taking that away could
 * leave nobody but the administrator of the install.
 */
export const userWarnings = ({users}: View, wanted: WantedUser): readonly string[] => {
	const user = findUser(users, wanted);
	const {username} = wanted;
	return [
		...(user?.superuser && !wanted.superuser
			? [
					`${username} is a superuser, which the answers do not ask for. The control plane makes its first user one; another superuser can take it away.`,
				]
			: []),
		...(user?.active === false ? [`${username} is deactivated at the control plane and cannot log in.`] : []),
	];
};
