import {getCACertificates} from 'node:tls';
import type {DatabaseLogin} from '../types.ts';

/** The CA that the server's certificate is checked with: that of the answers, else those that this program itself trusts. */
export const trustedCa = ({ca}: DatabaseLogin): string => ca ?? getCACertificates('default').join('\n');
