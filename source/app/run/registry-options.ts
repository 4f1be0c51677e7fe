import path from 'node:path';
import {bytesPerSecond} from '../../answers/byte-rate.ts';
import type {Answers} from '../../answers/schema.ts';
import {ProblemError} from '../../base/problem.ts';
import type {ProxyEnvironment} from '../../http/types.ts';
import {clientPairProblem} from '../../network/client-pair.ts';
import {createFileMemo} from '../../registry/push/memo.ts';
import type {RegistryOptions} from '../../registry/registry.ts';
import type {HostPort, Ports} from '../../steps/world.ts';

/** File in the state folder that knows which uploads can be gone on with. */
export const uploadsFile = 'uploads.json';

/** Folder in the state folder that keeps compressed layers for the next run. */
export const compressedFolder = 'compressed-layers';

/** What the registry is shown of a client. @throws ProblemError `tls-key-mismatch` where its two files do not belong together */
const clientOf = async (
	{clientCertificate, clientKey}: Answers['registry'],
	read: HostPort['readFile'],
): Promise<Pick<RegistryOptions, 'client'>> => {
	if (clientCertificate === undefined || clientKey === undefined) return {};
	const [atCertificate, atKey] = ['registry.clientCertificate', 'registry.clientKey'] as const;
	const certificate = await read(clientCertificate, atCertificate);
	const key = await read(clientKey, atKey);
	const unfit = clientPairProblem(
		{answer: atCertificate, file: clientCertificate, pem: certificate},
		{answer: atKey, file: clientKey, pem: key},
	);
	if (unfit) throw new ProblemError(unfit);
	return {client: {certificate, key}};
};

/** The registry as the answers describe it. @throws ProblemError when a file that they name cannot be read */
export const registryOptions = async (
	registry: Answers['registry'],
	tools: {
		readonly host: Pick<HostPort, 'readFile'>;
		readonly stateDirectory: string;
		readonly resolve: Ports['resolveSecret'];
		/** Its proxies are used. */
		readonly environment: ProxyEnvironment;
	},
): Promise<RegistryOptions> => {
	const {host, pushHost, ca, username, password, bandwidth} = registry;
	const rate = bandwidth === undefined ? undefined : bytesPerSecond(bandwidth);
	const read = (file: string, answer: string) => tools.host.readFile(file, answer);
	return {
		host,
		proxyEnv: tools.environment,
		plainHttp: registry.plainHttp,
		concurrency: registry.concurrency,
		memo: createFileMemo({file: path.join(tools.stateDirectory, uploadsFile), registry: pushHost ?? host}),
		...(pushHost === undefined ? {} : {pushHost}),
		...(ca === undefined ? {} : {ca: await read(ca, 'registry.ca')}),
		...(await clientOf(registry, read)),
		...(username === undefined ? {} : {username}),
		...(password === undefined ? {} : {password: async () => tools.resolve(password, 'registry.password')}),
		...(rate === undefined ? {} : {maxBytesPerSecond: rate}),
	};
};
