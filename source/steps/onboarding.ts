import type {Change, Finding} from '../engine/plan.ts';
import type {ZenmlOrganization, ZenmlRole, ZenmlSession, ZenmlUser} from '../zenml/types.ts';
import {stepProblems} from './problems.ts';
import {adminSession} from './shared/endpoints.ts';
import {requireSecret} from './shared/generated.ts';
import {controlPlaneInstalled} from './shared/installed.ts';
import {userPassword} from './shared/secret-sources.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

type User = World['answers']['organization']['users'][number];
type Members = Awaited<ReturnType<ZenmlSession['members']>>;

/** Roles of an organization are called `Organization Admin`, `Organization Member`, … in the product; others only contain the word. */
const roleOf = (roles: readonly ZenmlRole[], {role}: User): ZenmlRole => {
	const named = (wanted: string): ZenmlRole | undefined => roles.find(({name}) => name.toLowerCase() === wanted);
	const found = named(`organization ${role}`) ?? named(role);
	if (found) return found;
	const names = roles.map(({name}) => name).join(', ') || 'none';
	throw stepProblems.error('zenml-role-missing', {role, roles: names});
};

/** The product names held roles by id or by name. */
const holds = (members: Members, {id}: ZenmlUser, role: ZenmlRole): boolean => {
	const held = members.find(({userId}) => userId === id)?.roles ?? [];
	return held.includes(role.id) || held.includes(role.name);
};

const findOrganization = async ({answers}: World, session: ZenmlSession): Promise<ZenmlOrganization | undefined> =>
	(await session.organizations()).find(({name}) => name === answers.organization.name);

const findUser = (users: readonly ZenmlUser[], {username}: User): ZenmlUser | undefined =>
	users.find((one) => one.username === username);

const change = (action: 'create' | 'update', {username, role}: User): Change => ({
	action,
	target: `user ${username}`,
	detail: `role ${role}`,
});

const everything = ({answers: {organization}}: World): readonly Change[] => [
	{action: 'create', target: `organization ${organization.name}`},
	...organization.users.map((user) => change('create', user)),
];

const userChanges = async (world: World, session: ZenmlSession, organization: string): Promise<readonly Change[]> => {
	const users = await session.users();
	const members = await session.members(organization);
	const roles = await session.roles(organization);
	return world.answers.organization.users.flatMap((wanted) => {
		const user = findUser(users, wanted);
		if (!user) return [change('create', wanted)];
		return holds(members, user, roleOf(roles, wanted)) ? [] : [change('update', wanted)];
	});
};

const check = async (world: World): Promise<Finding> => {
	const {organization} = world.answers;
	if (world.pass === 'look' && !(await controlPlaneInstalled(world)))
		return {status: 'todo', changes: everything(world)};
	const session = await adminSession(world);
	const found = await findOrganization(world, session);
	if (!found) return {status: 'todo', changes: everything(world)};
	const changes = await userChanges(world, session, found.id);
	if (changes.length > 0) return {status: 'todo', changes};
	return {status: 'ok', note: `organization ${found.name}, ${organization.users.length} users`};
};

const createUser = async (world: World, session: ZenmlSession, user: User): Promise<ZenmlUser> => {
	const {username, superuser} = user;
	const password = await requireSecret(world, userPassword(world.answers, user));
	return session.createUser({username, password, superuser});
};

const apply = async (world: World): Promise<void> => {
	const {name, users} = world.answers.organization;
	const session = await adminSession(world);
	const organization = (await findOrganization(world, session)) ?? (await session.createOrganization(name));
	const roles = await session.roles(organization.id);
	for (const wanted of users) {
		const user = findUser(await session.users(), wanted) ?? (await createUser(world, session, wanted));
		const role = roleOf(roles, wanted);
		const members = await session.members(organization.id);
		if (!holds(members, user, role)) await session.assignRole(role.id, user.id);
		const text = `user ${wanted.username}: ${role.name} of ${organization.name}`;
		world.report({kind: 'line', level: 'info', text});
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
