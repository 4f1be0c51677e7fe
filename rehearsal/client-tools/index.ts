/** What the programs of an image of client tools do in a played pod: real ones where they can be had. */

export {removePodFolder} from './pod-folder.ts';
export {findPrograms, type Programs} from './programs.ts';
export {runClientTool, type ToolIo} from './run.ts';
