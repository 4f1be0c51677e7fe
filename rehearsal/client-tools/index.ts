/** What the programs of an image of client tools do in a played pod: real ones where they can be had. */

export {programsOf, removePodFolder} from './pod-folder.ts';
export {findPrograms, type Programs, programsText} from './programs.ts';
export {runClientTool, type ToolIo} from './run.ts';
