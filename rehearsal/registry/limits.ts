import type {ServerResponse} from 'node:http';
import {RegistryError} from './answers.ts';
import type {Registry} from './call.ts';

/** A proxy before the registry takes no body of that length. */
export const isOverLimit = ({faults}: Registry, length: number): boolean =>
	faults.maximumBodyBytes !== undefined && length > faults.maximumBodyBytes;

/** The answer of such a proxy, which knows nothing of registries. */
export const sendTooLarge = (response: ServerResponse): void => {
	response.writeHead(413, {'content-type': 'text/html', connection: 'close'});
	response.end('<html><head><title>413 Request Entity Too Large</title></head></html>');
};

/** Refuses (403, in Harbor's words) what would make the store larger than its quota. */
export const refuseOverQuota = async ({faults, store}: Registry, length: number): Promise<void> => {
	if (faults.quotaBytes === undefined || (await store.blobs.total()) + length <= faults.quotaBytes) return;
	const message = 'adding this artifact would exceed the configured upper limit of the project quota';
	throw new RegistryError(403, 'DENIED', message, {connection: 'close'});
};
