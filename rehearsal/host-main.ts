import process from 'node:process';
import {runHost} from './host.ts';

runHost(process);
