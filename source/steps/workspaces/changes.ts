import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {ProblemError} from '../../base/problem.ts';
import type {Change} from '../../engine/plan.ts';
import type {ZenmlSession} from '../../zenml/types.ts';
import {adminSessionInLook, endpointOf} from '../shared/endpoints.ts';
import {type Enrollment, isEnrolled, readEnrollment} from '../shared/enrollment.ts';
import {controlPlaneInstalled} from '../shared/installed.ts';
import {workspaceOf} from '../shared/names.ts';
import {sampleParts} from '../shared/preview/release.ts';
import {auditRelease} from '../shared/release/audit.ts';
import {besideChanges} from '../shared/release/beside.ts';
import {releaseChanges} from '../shared/release/changes.ts';
import {tellSecrets} from '../shared/release/secrets-in-values.ts';
import {labelOf, type WantedRelease} from '../shared/release/wanted.ts';
import {requireWayIn} from '../shared/way-in/status.ts';
import type {World} from '../world.ts';
import {sampleWorkspace, wantedWorkspace} from './release.ts';

/** What differs between one workspace and the answers. */
export type Differences = {readonly changes: readonly Change[]; readonly warnings: readonly string[]};

const targetOf = ({release: name, namespace}: WorkspaceAnswers): string => labelOf({name, namespace});

/** Who asks of all workspaces of a look logs in once; each look has a world of its own. */
const sessions = new WeakMap<World, Promise<ZenmlSession | undefined>>();

const sessionOf = (world: World): Promise<ZenmlSession | undefined> => {
	const known = sessions.get(world);
	if (known) return known;
	const session = adminSessionInLook(world);
	sessions.set(world, session);
	// Who tries again logs in again: a refusal is not kept.
	session.catch(() => sessions.delete(world));
	return session;
};

/** The stored enrollment, where the control plane knows it; `unasked` where it cannot be asked yet, `none` where there is none. */
const knownEnrollment = async (world: World, workspace: WorkspaceAnswers): Promise<Enrollment | 'unasked' | 'none'> => {
	const enrollment = await readEnrollment(world, workspace);
	if (!enrollment) return 'none';
	// Before the control plane serves, a dry run has nobody to ask.
	if (world.pass === 'look' && !(await controlPlaneInstalled(world))) return 'unasked';
	const session = await sessionOf(world);
	if (!session) return 'unasked';
	return (await isEnrolled(session, enrollment)) ? enrollment : 'none';
};

/** A server that runs and yet is another workspace: it was not restarted, or somebody else's answers at this name. */
const changesOfIdentity = async (
	world: World,
	workspace: WorkspaceAnswers,
	{workspaceId}: Enrollment,
): Promise<readonly Change[]> => {
	const {proWorkspaceId} = await world.zenml.workspaceInfo(await endpointOf(world, workspace.host), world.signal);
	if (proWorkspaceId === workspaceId) return [];
	const detail = `it answers as workspace ${proWorkspaceId ?? '(none)'}`;
	return [{action: 'update', target: targetOf(workspace), detail}];
};

/** What the release of a workspace is to be; undefined while it is not enrolled or a secret it needs is not made. */
export type WantedOf = (world: World, workspace: WorkspaceAnswers) => Promise<WantedRelease | undefined>;

const toInstall = async (world: World, workspace: WorkspaceAnswers): Promise<Change> => ({
	action: 'create',
	target: targetOf(workspace),
	opens: await sampleParts(world, async () => sampleWorkspace(world, workspace)),
});

/** Everything that differs between one workspace and the answers. @throws ProblemError where the chart does not take the values */
export const workspaceDifferences = async (
	world: World,
	workspace: WorkspaceAnswers,
	wantedOf: WantedOf = wantedWorkspace,
): Promise<Differences> => {
	const target = `enrollment of workspace ${workspace.name}`;
	const enrollment = await knownEnrollment(world, workspace);
	if (enrollment === 'none')
		return {changes: [{action: 'create', target}, await toInstall(world, workspace)], warnings: []};
	const unasked: readonly Change[] =
		enrollment === 'unasked' ? [{action: 'check', target, detail: 'known once the control plane runs'}] : [];
	const wanted = await wantedOf(world, workspace);
	if (!wanted) return {changes: [...unasked, await toInstall(world, workspace)], warnings: []};
	const {problems, warnings} = await auditRelease(world, wanted);
	if (problems[0]) throw new ProblemError(problems[0]);
	const changes = [...unasked, ...(await besideChanges(world, wanted)), ...(await releaseChanges(world, wanted))];
	if (enrollment === 'unasked' || changes.length > 0) return {changes, warnings};
	tellSecrets(world, wanted);
	await requireWayIn(world, workspaceOf(world.answers, workspace));
	return {changes: await changesOfIdentity(world, workspace, enrollment), warnings};
};
