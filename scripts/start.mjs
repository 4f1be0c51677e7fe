// npm start: sets up, then opens the installer in the rehearsal.
import {runProgram} from './program.mjs';

await runProgram(['rehearse', ...process.argv.slice(2)]);
