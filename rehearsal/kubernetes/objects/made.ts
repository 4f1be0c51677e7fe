import {randomBytes, randomUUID} from 'node:crypto';
import type {KubeObject, ObjectMeta} from './types.ts';
import {timestamp} from './values.ts';

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Bytes in the alphabet that Kubernetes uses for what it names itself (k8s.io/apimachinery/pkg/util/rand). */
export const inLetters = (bytes: Uint8Array): string =>
	[...bytes].map((byte) => letters[byte % letters.length]).join('');

/** Five random characters, as the real server puts behind a `generateName`. */
export const madeSuffix = (): string => inLetters(randomBytes(5));

/** Metadata of an object that the cluster makes itself. The store gives it its version. */
export const madeMetadata = (
	now: Date,
	of: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>,
): ObjectMeta => ({...of, uid: randomUUID(), resourceVersion: '', creationTimestamp: timestamp(now)});

/** How old an object is, ms. */
export const ageOf = ({metadata}: KubeObject, now: Date): number =>
	now.getTime() - Date.parse(metadata.creationTimestamp);
