export declare const helmVersion: string;
export declare const arm64Node: {readonly package: string; readonly integrity: string};
