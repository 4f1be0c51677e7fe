import {ProblemError} from '../base/problem.ts';
import type {Change, Finding} from '../engine/plan.ts';
import type {ZenmlOrganization, ZenmlRole, ZenmlSession} from '../zenml/types.ts';
import {adminSession} from './shared/endpoints.ts';
import {requireSecret} from './shared/generated.ts';
import {controlPlaneInstalled} from './shared/installed.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

type User = World['answers']['organization']['users'][number];

const findOrganization = async (session: ZenmlSession, name: string): Promise<ZenmlOrganization | undefined> =>
	(await session.organizations()).find((one) => one.name === name);

/** Roles of an organization are called `Organization Admin`, `Organization Member`, … in the product; others only contain the word. */
const roleOf = (roles: readonly ZenmlRole[], {role}: User): ZenmlRole => {
	const named = (name: string): ZenmlRole | undefined => roles.find((one) => one.name.toLowerCase() === name);
	const found = named(`organization ${role}`) ?? named(role);
	if (found) return found;
	throw new ProblemError({
		code: 'zenml-role-missing',
		area: 'verification',
		message: `The control plane has no role "${role}".`,
		cause: `It has: ${roles.map(({name}) => name).join(', ') || 'none'}.`,
		fix: 'Name one of these in organization.users.',
		answers: ['organization.users'],
	});
};

const check = async (world: World): Promise<Finding> => {
	const {organization} = world.answers;
	const everything: readonly Change[] = [
		{action: 'create', target: `organization ${organization.name}`},
		...organization.users.flatMap(({username, role}): Change[] => [
			{action: 'create', target: `user ${username}`, detail: `role ${role}`},
		]),
	];
	if (world.pass === 'look' && !(await controlPlaneInstalled(world))) return {status: 'todo', changes: everything};
	const session = await adminSession(world);
	const found = await findOrganization(session, organization.name);
	if (!found) return {status: 'todo', changes: everything};
	const [users, members, roles] = [
		await session.users(),
		await session.members(found.id),
		await session.roles(found.id),
	];
	const changes = organization.users.flatMap((wanted): Change[] => {
		const user = users.find(({username}) => username === wanted.username);
		if (!user) return [{action: 'create', target: `user ${wanted.username}`, detail: `role ${wanted.role}`}];
		const role = roleOf(roles, wanted);
		const held = members.find(({userId}) => userId === user.id)?.roles ?? [];
		return held.includes(role.id) || held.includes(role.name)
			? []
			: [{action: 'update', target: `user ${wanted.username}`, detail: `role ${wanted.role}`}];
	});
	return changes.length > 0
		? {status: 'todo', changes}
		: {status: 'ok', note: `organization ${found.name}, ${organization.users.length} users`};
};

const apply = async (world: World): Promise<void> => {
	const {organization} = world.answers;
	const session = await adminSession(world);
	const found =
		(await findOrganization(session, organization.name)) ?? (await session.createOrganization(organization.name));
	const roles = await session.roles(found.id);
	for (const wanted of organization.users) {
		const name = `users.${wanted.username}.password`;
		const user =
			(await session.users()).find(({username}) => username === wanted.username) ??
			(await session.createUser({
				username: wanted.username,
				password: await requireSecret(world, wanted.password, name, 'organization.users'),
				superuser: wanted.superuser,
			}));
		const role = roleOf(roles, wanted);
		const held = (await session.members(found.id)).find(({userId}) => userId === user.id)?.roles ?? [];
		if (!held.includes(role.id) && !held.includes(role.name)) await session.assignRole(role.id, user.id);
		world.report({kind: 'line', level: 'info', text: `user ${wanted.username}: ${role.name} of ${found.name}`});
	}
};

/** Guide step 14: organization, users and roles, over the API. */
export const onboardingStep: Step = {
	id: 'onboarding',
	title: 'Onboarding',
	why: 'Workspaces belong to an organization, so it comes before them; your users come with it.',
	area: 'verification',
	inputs: ({organization, controlPlane}) => ({organization, host: controlPlane.host, admin: controlPlane.admin}),
	retry: {
		codes: ['https-unreachable', 'https-reset', 'https-time-out', 'zenml-api-not-itself', 'zenml-not-ready'],
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: shortTimeouts,
	check,
	apply,
};
