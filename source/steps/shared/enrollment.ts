import * as z from 'zod';
import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {generatedSecretName} from '../../answers/secret/generated.ts';
import type {ZenmlSession} from '../../zenml/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {adminSession} from './endpoints.ts';
import {readGenerated, type SecretReader, storeGenerated} from './generated.ts';
import {workspaceId} from './names.ts';

const enrollmentSchema = z.object({
	workspaceId: z.string(),
	organizationId: z.string(),
	organizationName: z.string(),
	enrollmentKey: z.string(),
});

/** What the control plane told when the workspace was enrolled; its key is told only once. */
export type Enrollment = z.infer<typeof enrollmentSchema>;

const keyOf = (workspace: WorkspaceAnswers): string => `${workspaceId(workspace)}.enrollment`;

/** Only its key is secret: ids and names beside it are shown. What is no enrollment may hold anything. */
const secretsIn = (text: string): readonly string[] => {
	try {
		return [enrollmentSchema.parse(JSON.parse(text)).enrollmentKey];
	} catch {
		return [text];
	}
};

/** The stored enrollment, or undefined. */
export const readEnrollment = async (
	world: SecretReader,
	workspace: WorkspaceAnswers,
): Promise<Enrollment | undefined> => {
	const text = await readGenerated(world, keyOf(workspace), secretsIn);
	return text === undefined ? undefined : enrollmentSchema.parse(JSON.parse(text));
};

/** Does the control plane still know the stored enrollment? */
export const isEnrolled = async (session: ZenmlSession, enrollment: Enrollment): Promise<boolean> =>
	(await session.workspaces(enrollment.organizationId)).some(({id}) => id === enrollment.workspaceId);

const organizationId = async ({answers}: World, session: ZenmlSession): Promise<string> => {
	const {name: organization} = answers.organization;
	const found = (await session.organizations()).find(({name}) => name === organization);
	if (!found) throw stepProblems.error('zenml-organization-missing', {organization});
	return found.id;
};

/** The stored enrollment, where the control plane knows it. @throws ProblemError `zenml-enrollment-unknown` where it does not */
const knownEnrollment = async (
	world: World,
	session: ZenmlSession,
	workspace: WorkspaceAnswers,
): Promise<Enrollment | undefined> => {
	const stored = await readEnrollment(world, workspace);
	if (!stored || (await isEnrolled(session, stored))) return stored;
	const removeIt = JSON.stringify([{op: 'remove', path: `/data/${keyOf(workspace)}`}]);
	const {namespace} = world.answers.controlPlane;
	throw stepProblems.error(
		'zenml-enrollment-unknown',
		{workspace: workspace.name, id: stored.workspaceId},
		{nextSteps: [`kubectl -n ${namespace} patch secret ${generatedSecretName} --type=json -p '${removeIt}'`]},
	);
};

/**
 * Deletes a workspace of this name whose key was lost on the way (killed between the answer and the Secret): its key cannot be asked for
 * again. @throws ProblemError `zenml-workspace-exists` where a server answers for it
 */
const clearHalfEnrolled = async (
	{report}: World,
	session: ZenmlSession,
	{name: workspace}: WorkspaceAnswers,
	organization: string,
): Promise<void> => {
	const half = (await session.workspaces(organization)).find(({name}) => name === workspace);
	if (!half) return;
	if (half.status === 'available') throw stepProblems.error('zenml-workspace-exists', {workspace});
	await session.deleteWorkspace(half.id);
	const text = `workspace ${workspace} was enrolled by a run that did not keep its key; enrolling it anew`;
	report({kind: 'line', level: 'warn', text});
};

/** Enrolls the workspace unless that was done, and keeps its key in the cluster. */
export const ensureEnrolled = async (world: World, workspace: WorkspaceAnswers): Promise<void> => {
	const session = await adminSession(world);
	if (await knownEnrollment(world, session, workspace)) return;
	const organization = await organizationId(world, session);
	await clearHalfEnrolled(world, session, workspace, organization);
	const {name} = workspace;
	const {id, organizationName, enrollmentKey} = await session.enroll({name, organizationId: organization});
	const enrollment: Enrollment = {workspaceId: id, organizationId: organization, organizationName, enrollmentKey};
	await storeGenerated(world, {[keyOf(workspace)]: JSON.stringify(enrollment)}, secretsIn);
	world.report({kind: 'line', level: 'info', text: `workspace ${name} enrolled as ${id}`});
};
