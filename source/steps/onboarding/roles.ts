import type {ZenmlOrganization, ZenmlRole, ZenmlSession} from '../../zenml/types.ts';
import {stepProblems} from '../problems.ts';
import {type Act, type Members, userChange, type WantedUser} from './acts.ts';

/** The roles that answers can name: others are given, and taken away, by hand alone. */
const known: readonly WantedUser['role'][] = ['admin', 'member', 'viewer'];

/** Roles of an organization are called `Organization Admin`, `Organization Member`, … in the product; others only contain the word. */
const named = (roles: readonly ZenmlRole[], word: string): ZenmlRole | undefined => {
	const find = (wanted: string): ZenmlRole | undefined => roles.find(({name}) => name.toLowerCase() === wanted);
	return find(`organization ${word}`) ?? find(word);
};

/** @throws ProblemError `zenml-role-missing` */
export const roleOf = (roles: readonly ZenmlRole[], {role}: Pick<WantedUser, 'role'>): ZenmlRole => {
	const found = named(roles, role);
	if (found) return found;
	const names = roles.map(({name}) => name).join(', ') || 'none';
	throw stepProblems.error('zenml-role-missing', {role, roles: names});
};

/** The product names held roles by id or by name. */
const holds = (members: Members, userId: string, role: ZenmlRole): boolean => {
	const held = members.find((member) => member.userId === userId)?.roles ?? [];
	return held.includes(role.id) || held.includes(role.name);
};

/** What is known of an organization. */
export type Standing = {
	readonly organization: ZenmlOrganization;
	readonly roles: readonly ZenmlRole[];
	readonly members: Members;
};

/** The role that a user is given, then those that it loses: it is never without any. */
export const roleActs = (
	session: ZenmlSession,
	{organization, roles, members}: Standing,
	wanted: WantedUser,
	userId: string,
): readonly Act[] => {
	const {username} = wanted;
	const role = roleOf(roles, wanted);
	const given: Act = {
		change: userChange('update', wanted, `role ${wanted.role}`),
		run: async () => session.assignRole(role.id, userId),
		told: `user ${username}: ${role.name} of ${organization.name}`,
	};
	const others = known.flatMap((word) => named(roles, word) ?? []).filter((one) => one.id !== role.id);
	const lost = others
		.filter((one) => holds(members, userId, one))
		.map(
			(one): Act => ({
				change: userChange('delete', wanted, `role ${one.name}`),
				run: async () => session.takeRole(one.id, userId),
				told: `user ${username}: no longer ${one.name} of ${organization.name}`,
			}),
		);
	return [...(holds(members, userId, role) ? [] : [given]), ...lost];
};
