/** Starts the server like the program does, tells where it is, and stays until it is killed. */
import process from 'node:process';
import {startPostgres} from '../../../rehearsal/postgres/index.ts';

const [, , dataDirectory = '', log = ''] = process.argv;
const {port, pid} = await startPostgres({dataDirectory, log, adminPassword: process.env.ADMIN_PASSWORD ?? ''});
process.stdout.write(`${JSON.stringify({port, pid})}\n`);
process.stdin.resume();
