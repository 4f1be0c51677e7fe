import {generateSecret} from '../../answers/secrets.ts';
import {controlPlaneValues, imagePlaces, readChart} from '../../charts/index.ts';
import {withKept} from '../shared/applied/kept.ts';
import {asOneReading, secretFor} from '../shared/generated.ts';
import {caSecretName, controlPlaneOf, databaseKeys, databaseSecretName, referenceOf} from '../shared/names.ts';
import {withOperatorValues} from '../shared/release/operator-values.ts';
import {withMadeUpStamp, withSecretStamp} from '../shared/release/secret-stamp.ts';
import type {WantedRelease} from '../shared/release/wanted.ts';
import {adminPassword, databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';

type Passwords = {readonly adminPassword: string; readonly databasePassword: string};

/** The passwords of the answers; undefined while one of them is not made. */
const readPasswords = async (world: World): Promise<Passwords | undefined> => {
	const {answers} = world;
	const reader = asOneReading(world);
	const admin = await secretFor(reader, adminPassword(answers));
	const database = await secretFor(reader, databasePassword(controlPlaneOf(answers)));
	if (admin === undefined || database === undefined) return undefined;
	return {adminPassword: admin, databasePassword: database};
};

const releaseWith = async (world: World, passwords: Passwords): Promise<WantedRelease> => {
	const {answers, bundle, signal} = world;
	const {release: name, namespace} = answers.controlPlane;
	const {controlPlaneChart: chart, images} = await bundle.open(signal);
	const contents = await readChart(chart.path);
	const {values, warnings} = controlPlaneValues({
		answers,
		chart: contents,
		images: imagePlaces(answers, images),
		secrets: {
			...passwords,
			databaseSecret: {name: databaseSecretName, key: databaseKeys.password},
			ca: {name: caSecretName, key: 'ca.crt'},
		},
	});
	const carried = images.map((image) => referenceOf(answers, image));
	const component = 'controlPlane';
	const made = {component, name, namespace, chart, contents, values, warnings, images: carried} as const;
	return withOperatorValues(world, made, answers.controlPlane.helmValues);
};

/** What is made of the answers alone, without what others have set in the release. */
export const ownControlPlane = async (world: World): Promise<WantedRelease | undefined> => {
	const passwords = await readPasswords(world);
	return passwords && withSecretStamp(world, await releaseWith(world, passwords));
};

/** The release of the control plane, or undefined while a generated secret it needs is not made. */
export const wantedControlPlane = async (world: World): Promise<WantedRelease | undefined> => {
	const own = await ownControlPlane(world);
	return own && withKept(world, own);
};

/** The same with made-up secrets, to be looked at and never installed. */
export const sampleControlPlane = async (world: World): Promise<WantedRelease> =>
	withMadeUpStamp(await releaseWith(world, {adminPassword: generateSecret(), databasePassword: generateSecret()}));
