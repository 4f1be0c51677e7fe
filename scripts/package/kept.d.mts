export declare const sha256Of: (file: string) => Promise<string>;
export declare const kept: (name: string, make: (file: string) => Promise<unknown>) => Promise<string>;
