import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {debianPrograms} from '../../lab/debian.ts';
import {labPaths} from '../../lab/paths.ts';
import {zenmlServer} from '../../lab/zenml-server.ts';
import {type Reply, send, type Target, targetFromFile} from './api-client.ts';
import {labFacts} from './lab.ts';

const facts = labFacts();
const ca = readFileSync(facts.ca, 'utf8');
const cluster = targetFromFile('lab', facts.kubernetes.kubeconfig);

/** The two servers of the product, as people reach them. */
export const controlPlane: Target = {name: 'control plane', url: `https://zenml-pro.${facts.zoneName}/api/v1`, ca};
export const workspace: Target = {name: 'workspace', url: `https://zenml-workspace.${facts.zoneName}/api/v1`, ca};

const field = ({status, body}: Reply, name: string): string => {
	const value = (body as Record<string, unknown> | null)?.[name];
	if (typeof value !== 'string') throw new Error(`no ${name} in ${status} ${JSON.stringify(body).slice(0, 500)}`);
	return value;
};

const post = (target: Target, path: string, form: Readonly<Record<string, string>>, token?: string): Promise<Reply> =>
	send(target, 'POST', path, new URLSearchParams(form).toString(), {
		'content-type': 'application/x-www-form-urlencoded',
		...(token ? {authorization: `Bearer ${token}`} : {}),
	});

const administratorPassword = async (): Promise<string> => {
	const {body} = await send(cluster, 'GET', '/api/v1/namespaces/zenml-pro/secrets/zenml-airgap-generated');
	const {data} = body as {data: Record<string, string>};
	return Buffer.from(data['controlPlane.admin.password'] ?? '', 'base64').toString('utf8');
};

/** Logs in as a browser does: at the control plane with a password, then at the workspace with what that answered. */
export const logIn = async (): Promise<Target> => {
	const form = {grant_type: 'password', username: 'admin', password: await administratorPassword()};
	const token = field(await post(controlPlane, '/auth/login', form), 'access_token');
	const answer = await post(workspace, '/login', {grant_type: 'zenml-external'}, token);
	return {...workspace, token: field(answer, 'access_token')};
};

/** Makes an object over the API and hands back its id. @throws Error with the answer when there is none in it */
export const make = async (as: Target, path: string, body: unknown): Promise<string> =>
	field(await send(as, 'POST', path, body), 'id');

/** Names of the objects of a kind that a login may see. */
export const namesOf = async (as: Target, path: string): Promise<readonly string[]> => {
	const {body} = await send(as, 'GET', path);
	return (body as {items: {name: string}[]}).items.map(({name}) => name);
};

/** Runs a real pipeline with the vendor's client of a version; what it printed, with its errors. */
export const runPipeline = async (
	as: Target,
	project: string,
	version: string,
	folder: string,
): Promise<{readonly code: number | null; readonly output: string}> => {
	const paths = labPaths(process.env);
	const debian = await debianPrograms(paths);
	const packages = join(await zenmlServer(paths, debian, version), 'usr/local/lib/python3.11/dist-packages');
	const script = fileURLToPath(new URL('./pipeline/run.py', import.meta.url));
	const child = spawn(join(debian.root, 'usr/bin/python3.11'), ['-B', script], {
		cwd: folder,
		env: {
			...debian.env,
			HOME: folder,
			PYTHONPATH: packages,
			ZENML_CONFIG_PATH: join(folder, 'settings'),
			ZENML_STORE_TYPE: 'rest',
			ZENML_STORE_URL: new URL(as.url).origin,
			ZENML_STORE_API_TOKEN: as.token,
			ZENML_STORE_VERIFY_SSL: facts.ca,
			ZENML_ACTIVE_PROJECT_ID: project,
			ZENML_ANALYTICS_OPT_IN: 'false',
			ZENML_LOGGING_COLORS_DISABLED: 'true',
		},
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (chunk: Buffer) => {
			output += chunk.toString('utf8');
		});
	return new Promise((done, reject) => {
		child.once('error', reject);
		child.once('close', (code) => done({code, output}));
	});
};
