// A word of a POSIX shell.
export const shell_word = (text: string): string => (/^[\w./+:=@%,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
