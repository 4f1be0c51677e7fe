import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {oneLine} from '../../base/text.ts';
import type {WorkspaceInfo} from '../../zenml/types.ts';
import {stepProblems} from '../problems.ts';
import type {Check} from '../shared/checks.ts';
import {adminSession, endpointOf} from '../shared/endpoints.ts';
import {readEnrollment} from '../shared/enrollment.ts';

/** What users will do first. */
export const login: Check = {
	label: 'the administrator can log in',
	asks: 'servers',
	run: async (world) => {
		const {username, superuser} = await (await adminSession(world)).me();
		return {note: superuser ? `${username}, superuser` : username};
	},
};

/** The page that users open first, as a browser gets it. */
export const dashboard: Check = {
	label: 'the dashboard opens',
	asks: 'servers',
	run: async (world) => {
		const endpoint = await endpointOf(world, world.answers.controlPlane.host);
		const {title, part} = await world.zenml.dashboard(endpoint, world.signal);
		return {note: `${oneLine(title) || 'a page without a title'}, with ${part}`};
	},
};

/** The server answers over TLS with the operator's CA. */
export const health = ({name, host}: WorkspaceAnswers): Check => ({
	label: `workspace ${name} is healthy`,
	asks: 'servers',
	run: async (world) => {
		await world.zenml.health(await endpointOf(world, host), world.signal);
		return {note: 'HTTP 200 over TLS with your CA'};
	},
});

/** What a server says of itself and should not say. */
const wrongIn = (seen: WorkspaceInfo, workspaceId: string | undefined): readonly string[] => [
	...(seen.databaseType === 'sqlite'
		? ['it stores its data in SQLite inside the pod: everything is lost at the next restart']
		: []),
	...(seen.proWorkspaceId !== workspaceId
		? [`it believes to be workspace ${seen.proWorkspaceId ?? '(none)'}, not ${workspaceId ?? '(not enrolled)'}`]
		: []),
	...(seen.analyticsEnabled ? ['it sends analytics to the internet'] : []),
];

/** `/health` of a workspace says nothing about its database or enrollment; `/api/v1/info` does. */
export const identity = (workspace: WorkspaceAnswers): Check => ({
	label: `workspace ${workspace.name} says what it should`,
	asks: 'servers',
	run: async (world) => {
		const seen = await world.zenml.workspaceInfo(await endpointOf(world, workspace.host), world.signal);
		const enrollment = await readEnrollment(world, workspace);
		const wrong = wrongIn(seen, enrollment?.workspaceId).join('; ');
		if (wrong !== '')
			throw stepProblems.error('verification-failed', {case: 'other workspace', workspace: workspace.name, wrong});
		const {version, databaseType, deploymentType, proWorkspaceId = ''} = seen;
		return {note: `version ${version}, ${databaseType}, ${deploymentType}, workspace ${proWorkspaceId}`};
	},
});
