import {counted} from '../../base/text.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import type {ZenmlOrganization, ZenmlSession} from '../../zenml/types.ts';
import {adminSession, adminSessionInLook} from '../shared/endpoints.ts';
import {controlPlaneState} from '../shared/installed.ts';
import {settling} from '../shared/reach/settling.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {type Act, runActs, userChange} from './acts.ts';
import {teamsOf} from './teams.ts';
import {userActs, userWarnings, type View} from './users.ts';

const findOrganization = async ({answers}: World, session: ZenmlSession): Promise<ZenmlOrganization | undefined> =>
	(await session.organizations()).find(({name}) => name === answers.organization.name);

const everything = ({answers: {organization}}: World): readonly Change[] => [
	{action: 'create', target: `organization ${organization.name}`},
	...organization.users.map((user) => userChange('create', user, `role ${user.role}`)),
];

/** Of a control plane that was begun, whose upgrade failed, or that gets another password first, nobody knows what is in it before it runs. */
const unknownYet = (world: World): readonly Change[] =>
	everything(world).map(({target}) => ({action: 'check', target, detail: 'known once the control plane runs'}));

const viewOf = async (world: World, session: ZenmlSession, organization: ZenmlOrganization): Promise<View> => ({
	world,
	session,
	standing: {
		organization,
		roles: await session.roles(organization.id),
		members: await session.members(organization.id),
	},
	teams: await teamsOf(session, organization, world.answers.organization.users),
	me: await session.me(),
	users: await session.users(),
});

/** What differs between the organization and the answers, in the order in which it is made so. */
const actsOf = (view: View): readonly Act[] => [
	...view.teams.acts,
	...view.world.answers.organization.users.flatMap((wanted) => userActs(view, wanted)),
];

/** Whoever gives a password for somebody who is there already would believe that it counts now. */
const passwordNote = (users: World['answers']['organization']['users']): string => {
	const given = users.filter(({password}) => password !== 'generate').map(({username}) => username);
	return given.length === 0
		? ''
		: `; the password given for ${given.join(', ')} is for a new user: one who was there before keeps theirs, to be changed in ZenML itself`;
};

const check = async (world: World): Promise<Finding> => {
	const {users} = world.answers.organization;
	const state = world.pass === 'look' ? await controlPlaneState(world) : 'installed';
	if (state === 'absent') return {status: 'todo', changes: everything(world)};
	if (state === 'begun') return {status: 'todo', changes: unknownYet(world)};
	const session = await adminSessionInLook(world);
	if (!session) return {status: 'todo', changes: unknownYet(world)};
	const found = await findOrganization(world, session);
	if (!found) return {status: 'todo', changes: everything(world)};
	const view = await viewOf(world, session, found);
	const changes = actsOf(view).map(({change}) => change);
	if (changes.length > 0) return {status: 'todo', changes};
	const warnings = users.flatMap((wanted) => userWarnings(view, wanted));
	return {
		status: 'ok',
		note: `organization ${found.name}, ${counted(users.length, 'user')}${passwordNote(users)}`,
		...(warnings.length > 0 && {warnings}),
	};
};

const apply = async (world: World): Promise<void> => {
	const session = await adminSession(world);
	const organization =
		(await findOrganization(world, session)) ?? (await session.createOrganization(world.answers.organization.name));
	await runActs(actsOf(await viewOf(world, session, organization)), world);
};

/** Guide step 14: organization, users, roles and teams, over the API. Users that the answers do not name are left alone. */
export const onboardingStep: Step = {
	id: 'onboarding',
	title: 'Onboarding',
	why: 'Workspaces belong to an organization, so it comes before them; your users come with it.',
	area: 'verification',
	inputs: ({organization, controlPlane}) => ({organization, host: controlPlane.host, admin: controlPlane.admin}),
	retry: {
		codes: settling,
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: shortTimeouts,
	check,
	apply,
};
