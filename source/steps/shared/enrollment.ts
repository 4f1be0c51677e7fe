import * as z from 'zod';
import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {generateHexKey} from '../../answers/secrets.ts';
import {ProblemError} from '../../base/problem.ts';
import type {ZenmlSession} from '../../zenml/types.ts';
import type {World} from '../world.ts';
import {adminSession} from './endpoints.ts';
import {readGenerated, storeGenerated} from './generated.ts';
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

/** The stored enrollment, or undefined. */
export const readEnrollment = async (world: World, workspace: WorkspaceAnswers): Promise<Enrollment | undefined> => {
	const text = await readGenerated(world, keyOf(workspace));
	if (text === undefined) return undefined;
	const enrollment = enrollmentSchema.parse(JSON.parse(text));
	world.registerSecret(enrollment.enrollmentKey);
	return enrollment;
};

const organizationId = async (world: World, session: ZenmlSession): Promise<string> => {
	const {name} = world.answers.organization;
	const found = (await session.organizations()).find((one) => one.name === name);
	if (found) return found.id;
	throw new ProblemError({
		code: 'zenml-organization-missing',
		area: 'verification',
		message: `The control plane has no organization "${name}".`,
		cause: 'The step "onboarding" has not run, or the organization was deleted since.',
		fix: 'Run the install from the step "onboarding".',
		answers: ['organization.name'],
	});
};

/** Does the control plane still know the stored enrollment? */
export const isEnrolled = async (session: ZenmlSession, enrollment: Enrollment): Promise<boolean> =>
	(await session.workspaces(enrollment.organizationId)).some(({id}) => id === enrollment.workspaceId);

/**
 * Enrolls the workspace unless that was done. A workspace of this name whose key was lost on the way (killed between the
 * answer and the Secret) is deleted and enrolled anew: its key cannot be asked for again.
 */
export const ensureEnrolled = async (world: World, workspace: WorkspaceAnswers): Promise<Enrollment> => {
	const session = await adminSession(world);
	const stored = await readEnrollment(world, workspace);
	if (stored && (await isEnrolled(session, stored))) return stored;
	if (stored) {
		throw new ProblemError({
			code: 'zenml-enrollment-unknown',
			area: 'verification',
			message: `The control plane does not know the workspace "${workspace.name}" that was enrolled before.`,
			cause: `Its id ${stored.workspaceId} is stored in the cluster, but the control plane's database has no such workspace: it was deleted there, or the database was replaced.`,
			fix: "Restore the control plane's database, or remove the stored enrollment to enroll the workspace anew.",
			nextSteps: [
				`kubectl -n ${world.answers.controlPlane.namespace} patch secret zenml-airgap-generated --type=json -p '[{"op":"remove","path":"/data/${keyOf(workspace)}"}]'`,
			],
		});
	}
	const organization = await organizationId(world, session);
	const half = (await session.workspaces(organization)).find(({name}) => name === workspace.name);
	if (half) {
		if (half.status === 'available') {
			throw new ProblemError({
				code: 'zenml-workspace-exists',
				area: 'verification',
				message: `The control plane has a workspace "${workspace.name}" that this tool did not enroll.`,
				cause: 'It is available, so a server answers for it; its enrollment key cannot be asked for again.',
				fix: 'Give this workspace another name.',
				answers: ['workspaces'],
			});
		}
		await session.deleteWorkspace(half.id);
		world.report({
			kind: 'line',
			level: 'warn',
			text: `workspace ${workspace.name} was enrolled by a run that did not keep its key; enrolling it anew`,
		});
	}
	const {id, organizationName, enrollmentKey} = await session.enroll({
		name: workspace.name,
		organizationId: organization,
	});
	world.registerSecret(enrollmentKey);
	const enrollment: Enrollment = {workspaceId: id, organizationId: organization, organizationName, enrollmentKey};
	await storeGenerated(world, {[keyOf(workspace)]: JSON.stringify(enrollment)});
	world.report({kind: 'line', level: 'info', text: `workspace ${workspace.name} enrolled as ${id}`});
	return enrollment;
};

/** Stands in for an enrollment where only the shape of the values is looked at. */
export const sampleEnrollment = (): Enrollment => ({
	workspaceId: '00000000-0000-4000-8000-000000000000',
	organizationId: '00000000-0000-4000-8000-000000000001',
	organizationName: 'sample',
	enrollmentKey: generateHexKey(),
});
