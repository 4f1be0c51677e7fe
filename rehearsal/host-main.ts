import process from 'node:process';
import {runHost} from './host-child.ts';

runHost(process);
