// npm run cli -- WORDS: sets up, then runs any command of the program, for whoever has a clone and no executable.
import {runProgram} from './program.mjs';

await runProgram(process.argv.slice(2));
