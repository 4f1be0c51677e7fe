import {databaseServerOf} from '../../answers/database-server.ts';
import {ProblemError} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import {generatedSecretPlace, requireSecret, secretFor, storeGenerated} from '../shared/generated.ts';
import {componentsOf, namespacesOf} from '../shared/names.ts';
import {objectChanges, objectsToDo} from '../shared/objects/object-changes.ts';
import {objectParts} from '../shared/preview/object.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {generatedValues, missingValues} from './generated-values.ts';
import {keysLost} from './keys-lost.ts';
import {type Passwords, secretName, secretObjects, secretsToFollow} from './objects.ts';
import {databasePasswords, naming} from './wanted.ts';

const toGenerate = (world: World, missing: readonly string[]): readonly Change[] => {
	if (missing.length === 0) return [];
	const target = `secret ${generatedSecretPlace(world)}`;
	const opens = [{title: 'Generated values', lines: missing.map((name) => `+ ${name}: ********`)}];
	return [{action: 'create', target, detail: counted(missing.length, 'generated value'), opens}];
};

/** Secrets with a password that is generated first. */
const toFollow = async (world: World, passwords: Passwords): Promise<readonly Change[]> =>
	(await secretsToFollow(world, passwords)).map((object) => ({
		...{action: 'create', target: secretName(object)},
		opens: objectParts(world, undefined, object),
	}));

const check = async (world: World): Promise<Finding> => {
	const missing = await missingValues(world);
	const lost = await keysLost(world, missing);
	if (lost) return {status: 'blocked', problem: lost};
	const passwords = await databasePasswords(world, secretFor);
	const objects = await secretObjects(world, passwords);
	const changes = [
		...toGenerate(world, missing),
		...(await toFollow(world, passwords)),
		...(await objectChanges(world, objects, naming(world.answers))),
	];
	if (changes.length > 0) return {status: 'todo', changes};
	return {
		status: 'ok',
		note: `${counted(objects.length + 1, 'secret')} in ${counted(namespacesOf(world.answers).length, 'namespace')}`,
	};
};

const apply = async (world: World): Promise<void> => {
	const {answers, cluster, signal, report} = world;
	// Looked at again: what the check saw may be a while ago.
	const lost = await keysLost(world, await missingValues(world));
	if (lost) throw new ProblemError(lost);
	const made = [...generatedValues(answers)].map(([name, make]) => [name, make()]);
	await storeGenerated(world, Object.fromEntries(made));
	const passwords = await databasePasswords(world, requireSecret);
	for (const {object} of await objectsToDo(world, await secretObjects(world, passwords), naming(answers))) {
		await cluster.apply(object, {signal, force: true});
		report({kind: 'line', level: 'info', text: `${secretName(object)} applied`});
	}
};

/** Guide step 4: pull, TLS, CA and database secrets in every namespace that uses them, and everything that is generated. */
export const secretsStep: Step = {
	id: 'secrets',
	title: 'Secrets',
	why: 'Helm hooks run before anything else of a release, so pull, TLS, CA and database secrets must be there first.',
	area: 'cluster',
	inputs: (answers) => ({
		registry: {
			host: answers.registry.host,
			username: answers.registry.username,
			password: answers.registry.password,
			secret: answers.registry.pullSecretName,
		},
		tls: answers.tls,
		components: componentsOf(answers).map(({id, path, answers: {namespace, database}}) => {
			const {ca, clientCertificate, clientKey} = databaseServerOf(answers, path);
			return {id, namespace, password: database.password, database: {ca, clientCertificate, clientKey}};
		}),
		users: answers.organization.users.map(({username, password}) => ({username, password})),
		admin: answers.controlPlane.admin.password,
		namespaces: namespacesOf(answers),
	}),
	timeouts: shortTimeouts,
	check,
	apply,
};
