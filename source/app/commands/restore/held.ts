import {text as textOf} from 'node:stream/consumers';
import {type Draft, getAt} from '../../../answers/draft.ts';
import type {ReadBackup} from '../../../backup/types.ts';
import {isMap} from '../../../base/text.ts';
import {databaseKeys, databaseSecretName} from '../../../steps/shared/names.ts';

/** What a backup has in the place of a file or secret that its answers refer to. */
export type Held = {
	/** The answer that refers to it. */
	readonly answer: string;
	readonly kind: 'file' | 'secret';
	readonly text: string;
};

type Members = ReadonlyMap<string, string>;

/** What is no JSON holds nothing here; the restore itself says what is wrong with the part. */
const jsonIn = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** Members of the Secrets in a backup as text, by `NAMESPACE/NAME`; what is no Secret is left out. */
const secretsIn = (text: string): ReadonlyMap<string, Members> => {
	const list = jsonIn(text);
	const items: readonly unknown[] = isMap(list) && Array.isArray(list.items) ? list.items : [];
	return new Map(
		items.flatMap((item): readonly (readonly [string, Members])[] => {
			if (!isMap(item) || !isMap(item.metadata) || !isMap(item.data)) return [];
			const members = Object.entries(item.data).flatMap(([key, value]): readonly (readonly [string, string])[] =>
				typeof value === 'string' ? [[key, Buffer.from(value, 'base64').toString('utf8')]] : [],
			);
			return [[`${String(item.metadata.namespace)}/${String(item.metadata.name)}`, new Map(members)]];
		}),
	);
};

const componentsIn = (answers: Draft): readonly string[] => {
	const {workspaces} = answers;
	const count = Array.isArray(workspaces) ? workspaces.length : 0;
	return ['controlPlane', ...Array.from({length: count}, (_none, index) => `workspaces.${index}`)];
};

/** What a component keeps of its database server and its login there. */
const ofDatabase = (answers: Draft, at: string, secrets: ReadonlyMap<string, Members>): readonly Held[] => {
	const members = secrets.get(`${String(getAt(answers, `${at}.namespace`))}/${databaseSecretName}`);
	const own = `${at}.database.server`;
	const server = isMap(getAt(answers, own)) ? own : 'database';
	const held: readonly (readonly [string, Held['kind'], string])[] = [
		[`${server}.ca`, 'file', databaseKeys.ca],
		[`${server}.clientCertificate`, 'file', databaseKeys.clientCertificate],
		[`${server}.clientKey`, 'file', databaseKeys.clientKey],
		[`${at}.database.password`, 'secret', databaseKeys.password],
	];
	return held.flatMap(([answer, kind, key]) => {
		const text = members?.get(key);
		return text === undefined ? [] : [{answer, kind, text}];
	});
};

/** The password that pods pull with. */
const ofRegistry = (answers: Draft, secrets: ReadonlyMap<string, Members>): readonly Held[] => {
	const at = (path: string): string => String(getAt(answers, path));
	const config = secrets.get(`${at('controlPlane.namespace')}/${at('registry.pullSecretName')}`);
	const logins = jsonIn(config?.get('.dockerconfigjson') ?? '');
	const login = isMap(logins) && isMap(logins.auths) ? logins.auths[at('registry.host')] : undefined;
	const text = isMap(login) ? login.password : undefined;
	return typeof text === 'string' ? [{answer: 'registry.password', kind: 'secret', text}] : [];
};

/**
 * What of the site a backup holds: certificate, key and CA, what its components show their database servers, and logins.
 * It reads the answers as they are: those of another version may lack what this one asks for.
 * @throws what ReadBackup.read throws
 */
export const heldIn = async ({manifest, read}: ReadBackup, answers: Draft, signal: AbortSignal) => {
	const partOf = async (kind: string, name: string): Promise<string | undefined> => {
		const part = manifest.parts.find((one) => one.kind === kind && one.name === name);
		return part && textOf(await read(part, signal));
	};
	const held: Held[] = [];
	for (const name of ['certificate', 'key', 'ca']) {
		const text = await partOf('certificates', name);
		if (text !== undefined) held.push({answer: `tls.${name}`, kind: 'file', text});
	}
	const secrets = secretsIn((await partOf('secrets', 'secrets')) ?? '');
	const all = [
		...held,
		...componentsIn(answers).flatMap((at) => ofDatabase(answers, at, secrets)),
		...ofRegistry(answers, secrets),
	];
	// Components that share a server have the same of it.
	return [...new Map(all.map((one) => [one.answer, one])).values()];
};
