/**
 * The mouse wheel as arrow keys on the alternate screen (DECSET 1007, "alternate scroll"): the terminal itself sends Up and Down for it.
 * The modes that report the mouse (1000, 1006) would take clicks too, and with them the selection that operators copy with.
 */

/** Keeps how the terminal had it (XTSAVE) and sends arrow keys for the wheel from here on. */
export const wheelOn = '\u001B[?1007s\u001B[?1007h';

/** As the terminal had it before (XTRESTORE). */
export const wheelBack = '\u001B[?1007r';
