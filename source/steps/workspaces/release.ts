import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {generateHexKey, generateSecret} from '../../answers/secrets.ts';
import {imagePlaces, knows, readChart, workspaceRoot, workspaceValues} from '../../charts/index.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {withKept} from '../shared/applied/kept.ts';
import {type Enrollment, readEnrollment} from '../shared/enrollment.ts';
import {asOneReading, readGenerated, secretFor} from '../shared/generated.ts';
import {
	caSecretName,
	databaseKeys,
	databaseSecretName,
	enrollmentSecretName,
	managedBy,
	referenceOf,
	workspaceId,
	workspaceOf,
} from '../shared/names.ts';
import {withOperatorValues} from '../shared/release/operator-values.ts';
import {withMadeUpStamp, withSecretStamp} from '../shared/release/secret-stamp.ts';
import type {WantedRelease} from '../shared/release/wanted.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';

/** What the values need and the answers do not hold. */
type Given = {
	readonly enrollment: Enrollment;
	readonly encryptionKey: string;
	readonly jwtSecretKey: string;
	readonly databasePassword: string;
};

/** Undefined while it is not enrolled, or one of its secrets is not made. */
const readGiven = async (world: World, workspace: WorkspaceAnswers): Promise<Given | undefined> => {
	const id = workspaceId(workspace);
	const reader = asOneReading(world);
	const enrollment = await readEnrollment(reader, workspace);
	const encryptionKey = await readGenerated(reader, `${id}.encryptionKey`);
	const jwtSecretKey = await readGenerated(reader, `${id}.jwtSecretKey`);
	const password = await secretFor(reader, databasePassword(workspaceOf(world.answers, workspace)));
	if (!enrollment || encryptionKey === undefined || jwtSecretKey === undefined || password === undefined)
		return undefined;
	return {enrollment, encryptionKey, jwtSecretKey, databasePassword: password};
};

/** Shaped like what the control plane and this tool make: a chart looks at no more, but for the name, which is that of the answers. */
const madeUp = ({organization}: World['answers']): Given => ({
	enrollment: {
		workspaceId: '00000000-0000-4000-8000-000000000000',
		organizationId: '00000000-0000-4000-8000-000000000001',
		organizationName: organization.name,
		enrollmentKey: generateHexKey(),
	},
	encryptionKey: generateHexKey(),
	jwtSecretKey: generateHexKey(),
	databasePassword: generateSecret(),
});

/** The enrolment's key beside the server that shows it. */
const enrollmentSecret = (namespace: string, enrollmentKey: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name: enrollmentSecretName, namespace, labels: managedBy},
	type: 'Opaque',
	data: {enrollmentKey: Buffer.from(enrollmentKey, 'utf8').toString('base64')},
});

const releaseWith = async (
	world: World,
	workspace: WorkspaceAnswers,
	{enrollment, ...secrets}: Given,
): Promise<WantedRelease> => {
	const {answers, bundle, signal} = world;
	const {workspaceChart: chart, images} = await bundle.open(signal);
	const contents = await readChart(chart.path);
	const {values, warnings} = workspaceValues({
		answers,
		workspace,
		chart: contents,
		images: imagePlaces(answers, images),
		enrollment: {...enrollment, workspaceName: workspace.name},
		secrets: {
			...secrets,
			enrollmentSecret: {name: enrollmentSecretName, key: 'enrollmentKey'},
			databaseSecret: {name: databaseSecretName, key: databaseKeys.password},
			databaseCa: {name: databaseSecretName, key: databaseKeys.ca},
			databaseClient: {
				certificate: {name: databaseSecretName, key: databaseKeys.clientCertificate},
				key: {name: databaseSecretName, key: databaseKeys.clientKey},
			},
			ca: {name: caSecretName, key: 'ca.crt'},
		},
	});
	const {release: name, namespace} = workspace;
	const component = workspaceOf(answers, workspace).path;
	const carried = images.map((image) => referenceOf(answers, image));
	const variables = Object.keys(workspace.environment);
	const takesReference = knows(contents.known, `${workspaceRoot(contents)}.pro.enrollmentKeySecretRef`);
	const beside = takesReference ? [enrollmentSecret(namespace, enrollment.enrollmentKey)] : [];
	const made = {component, name, namespace, chart, contents, values, warnings, variables, images: carried, beside};
	return withOperatorValues(world, made, workspace.helmValues);
};

/** What is made of the answers alone, without what others have set in the release. */
export const ownWorkspace = async (world: World, workspace: WorkspaceAnswers): Promise<WantedRelease | undefined> => {
	const given = await readGiven(world, workspace);
	return given && withSecretStamp(world, await releaseWith(world, workspace, given));
};

/** The release of one workspace, or undefined while it is not enrolled or a generated secret is not made. */
export const wantedWorkspace = async (
	world: World,
	workspace: WorkspaceAnswers,
): Promise<WantedRelease | undefined> => {
	const own = await ownWorkspace(world, workspace);
	return own && withKept(world, own);
};

/** The same with made-up secrets, to be looked at and never installed. */
export const sampleWorkspace = async (world: World, workspace: WorkspaceAnswers): Promise<WantedRelease> =>
	withMadeUpStamp(await releaseWith(world, workspace, madeUp(world.answers)));
