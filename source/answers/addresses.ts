import {httpsUrl} from '../base/url.ts';
import type {Answers} from './schema.ts';

/** Where users reach a host of the installation: `https://HOST`, with the port of the ingress where it is not 443. */
export const urlOf = ({ingress}: Pick<Answers, 'ingress'>, host: string): string => httpsUrl(host, ingress.httpsPort);
