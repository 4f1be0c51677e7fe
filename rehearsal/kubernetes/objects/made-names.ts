import {randomBytes} from 'node:crypto';

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Five random characters, as the real server puts behind a `generateName` (k8s.io/apimachinery/pkg/util/rand). */
export const madeSuffix = (): string => [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('');
