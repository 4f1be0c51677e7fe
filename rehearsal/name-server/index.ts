export {type RunningNameServer, startNameServer} from './name-server.ts';
