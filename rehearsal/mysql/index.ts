export {type MysqlKind, openMysql, type SiteMysql} from './open.ts';
